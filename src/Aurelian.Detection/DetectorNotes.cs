using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>What a built-in detector is for, in a line.</summary>
/// <param name="SeverityMax">The gravest that it says; less where less is certain.</param>
public sealed record DetectorNote(
    string Name, Category Category, Severity SeverityMax, string Technique, string What);

/// <summary>Notes on every detector of <see cref="DetectorSet.Standard"/>, for <c>rules list</c>.</summary>
public static class DetectorNotes
{
    public static IReadOnlyList<DetectorNote> All { get; } =
    [
        new("mining-stratum", Category.Mining, Severity.High, "T1496", "mining in the clear, on any port"),
        new("mining-shape", Category.Mining, Severity.High, "T1496", "mining inside TLS, by the shape of its flow"),
        new("mining-command", Category.Mining, Severity.Medium, "T1496", "a pool given in the form that miners take"),
        new("mining-pool-name", Category.Mining, Severity.Low, "T1496", "a name or address of the list of pools"),
        new("resource-burn", Category.Resource, Severity.High, "T1496", "processor time that nothing comes of"),
        new("resource-tuning", Category.Resource, Severity.Medium, "T1496", "huge pages and msr, as miners set them"),
        new("tunnel", Category.Tunnel, Severity.High, "T1572", "ways in from outside: ssh -R and its kin"),
        new("tunnel-ssh-initiative", Category.Tunnel, Severity.High, "T1572", "SSH in which the called side begins"),
        new("tunnel-service", Category.Tunnel, Severity.High, "T1572", "entrances of tunnelling services, chisel"),
        new("tunnel-dns", Category.Tunnel, Severity.High, "T1071.004", "information in the names asked for"),
        new("tunnel-icmp", Category.Tunnel, Severity.High, "T1095", "data in echo messages"),
        new("tunnel-beacon", Category.Tunnel, Severity.Low, "T1071", "calls at even distances"),
        new("probing-internal", Category.Probing, Severity.High, "T1046", "a sandbox that tries internal addresses"),
        new("probing-scan", Category.Probing, Severity.High, "T1046", "many ports or hosts, odd TCP flags"),
        new("probing-passwords", Category.Probing, Severity.Medium, "T1110", "passwords guessed one after another"),
        new("probing-password-tool", Category.Probing, Severity.High, "T1110", "programs made for guessing passwords"),
        new("metadata-access", Category.Metadata, Severity.High, "T1552.005", "the cloud's metadata service"),
        new("credential-search", Category.Exfiltration, Severity.High, "T1552.001", "files that hold credentials"),
        new("exfiltration-bulk", Category.Exfiltration, Severity.High, "T1048", "uploads beyond what is usual"),
        new("persistence-place", Category.Persistence, Severity.Medium, "T1053.003", "files that something runs later"),
        new("evasion-refused", Category.Evasion, Severity.Medium, "T1611", "system calls that no task needs"),
        new("evasion-concealment", Category.Evasion, Severity.Medium, "T1036", "hiding what runs and what ran"),
        new("reward", Category.Evasion, Severity.High, "T1565", "reaching for the tests or their result"),
    ];

    public static DetectorNote? Find(string name) => All.FirstOrDefault(each => each.Name == name);
}
