using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>The detectors of a run, each fed every event once.</summary>
public sealed class DetectorSet(params IDetector[] detectors)
{
    private readonly Evictions _evictions = new();

    public IReadOnlyList<IDetector> Detectors => detectors;

    /// <summary>Entries that the detectors' bounded tables have forgotten.</summary>
    public long Forgotten => _evictions.Total;

    /// <param name="rules">Sigma rules; null: our own.</param>
    public static DetectorSet Standard(SigmaRules? rules = null) => new(
        new MiningDetector(), new MiningShapeDetector(new()), new MinerCommandDetector(),
        new TunnelDetector(), new TunnelServiceDetector(), new DnsTunnelDetector(new()),
        new IcmpTunnelDetector(new()), new BeaconDetector(new()),
        new ProbingDetector(), new ScanDetector(new()), new PasswordDetector(new()), new MetadataDetector(),
        new CredentialDetector(), new PersistenceDetector(), new EvasionDetector(), new RewardDetector(),
        new SigmaDetector(rules ?? SigmaRules.Ours));

    public void Observe(Event occurred, ICollection<Finding> findings)
    {
        _evictions.Begin(occurred);
        foreach (IDetector detector in detectors)
        {
            detector.Observe(occurred, findings);
        }

        _evictions.End(occurred, findings);
    }
}
