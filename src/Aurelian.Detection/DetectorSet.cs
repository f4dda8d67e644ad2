using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>The detectors of a run, each fed every event once.</summary>
public sealed class DetectorSet(params IDetector[] detectors)
{
    private readonly Evictions _evictions = new();
    private readonly List<Finding> _latest = [];

    /// <summary>As delegates: one place that calls thirty kinds through an interface looks each up anew.</summary>
    private readonly Action<Event, ICollection<Finding>>[] _observers =
        [.. detectors.Select(detector => (Action<Event, ICollection<Finding>>)detector.Observe)];

    public IReadOnlyList<IDetector> Detectors => detectors;

    /// <summary>Entries that the detectors' bounded tables have forgotten.</summary>
    public long Forgotten => _evictions.Total;

    /// <param name="pools">Null: the list that comes with us.</param>
    /// <param name="rules">Sigma rules; null: our own.</param>
    public static DetectorSet Standard(PoolList? pools = null, SigmaRules? rules = null) =>
        Of(pools ?? PoolList.Standard, rules ?? SigmaRules.Ours);

    /// <summary>Rules alone, for trying them.</summary>
    public static DetectorSet OfRules(SigmaRules rules) => new(new SigmaDetector(rules));

    private static DetectorSet Of(PoolList pools, SigmaRules rules) => new(
        new MiningDetector(), new MiningShapeDetector(new(), pools), new MinerCommandDetector(),
        new PoolNameDetector(pools), new BurnDetector(new(), pools), new TuningDetector(), new BulkDetector(new()),
        new TunnelDetector(), new SshInitiativeDetector(new()), new TunnelServiceDetector(),
        new AnonymiserDetector(), new DnsTunnelDetector(new()), new IcmpTunnelDetector(new()),
        new BeaconDetector(new()),
        new ProbingDetector(), new ScanDetector(new()), new PasswordDetector(new()), new PasswordToolDetector(),
        new MetadataDetector(),
        new CredentialDetector(), new PersistenceDetector(), new EvasionDetector(), new ConcealmentDetector(),
        new RewardDetector(), new SigmaDetector(rules));

    /// <param name="findings">What is found is added; a detector sees what others found in this event alone.</param>
    public void Observe(Event occurred, ICollection<Finding> findings)
    {
        _evictions.Begin(occurred);
        foreach (Action<Event, ICollection<Finding>> observe in _observers)
        {
            observe(occurred, _latest);
        }

        _evictions.End(occurred, _latest);
        if (_latest.Count > 0)
        {
            foreach (Finding finding in _latest)
            {
                findings.Add(finding);
            }

            _latest.Clear();
        }
    }
}
