using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>The detectors of a run, each fed every event once.</summary>
public sealed class DetectorSet(params IDetector[] detectors)
{
    public IReadOnlyList<IDetector> Detectors => detectors;

    /// <param name="pools">Null: the list that comes with us.</param>
    public static DetectorSet Standard(PoolList? pools = null) => Of(pools ?? PoolList.Standard);

    private static DetectorSet Of(PoolList pools) => new(
        new MiningDetector(), new MiningShapeDetector(new(), pools), new MinerCommandDetector(),
        new PoolNameDetector(pools), new BurnDetector(new(), pools), new TuningDetector(), new BulkDetector(new()),
        new TunnelDetector(), new SshInitiativeDetector(new()), new TunnelServiceDetector(),
        new DnsTunnelDetector(new()), new IcmpTunnelDetector(new()), new BeaconDetector(new()),
        new ProbingDetector(), new ScanDetector(new()), new PasswordDetector(new()), new PasswordToolDetector(),
        new MetadataDetector(),
        new CredentialDetector(), new PersistenceDetector(), new EvasionDetector(), new ConcealmentDetector(),
        new RewardDetector());

    public void Observe(Event occurred, ICollection<Finding> findings)
    {
        foreach (IDetector detector in detectors)
        {
            detector.Observe(occurred, findings);
        }
    }
}
