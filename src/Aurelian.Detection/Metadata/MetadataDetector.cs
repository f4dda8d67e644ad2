using System.Collections.Frozen;
using System.Net;
using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>
/// The cloud's metadata service, by address or by name: it hands the machine's credentials to whoever asks.
/// </summary>
internal sealed class MetadataDetector : IDetector
{
    private const int CallsMax = 65_536;

    private static readonly FrozenSet<IPAddress> Addresses = new[]
    {
        "169.254.169.254", "169.254.170.2", "169.254.170.23", "169.254.0.23", "100.100.100.200", "168.63.129.16",
        "fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254",
    }.Select(IPAddress.Parse).ToFrozenSet();

    private static readonly FrozenSet<string> Names = new[]
    {
        "metadata.google.internal", "metadata.goog", "metadata.tencentyun.com", "metadata.azure.internal",
        "instance-data", "instance-data.ec2.internal", "metadata.internal", "metadata.ec2.internal",
        "metadata.oraclecloud.com", "metadata.packet.net", "metadata.platformequinix.com",
    }.ToFrozenSet();

    private readonly BoundedMap<(ToolCallId?, Actor), bool> _found = new(CallsMax);

    public string Name => "metadata-access";

    public void Observe(Event occurred, ICollection<Finding> findings)
    {
        if (!Actor.Acted(occurred.Subject))
        {
            return;
        }

        (string? what, FlowId? flow) = occurred.Fact switch
        {
            _ when Named.TryRead(occurred.Fact, out string name, out FlowId? named) && Names.Contains(name) =>
                (name, named),
            _ when Approached.TryRead(occurred.Fact, out Endpoint destination, out FlowId? opened)
                && destination.Address is { } address && Addresses.Contains(Plain(address)) =>
                (destination.ToString(), opened),
            _ => (null, null),
        };
        (ToolCallId?, Actor) who = (occurred.Subject.Call, new Actor(
            occurred.Subject.Sandbox, (occurred.Fact as Fact.FlowOpened)?.Source.Address));
        if (what is null || _found.Contains(who))
        {
            return;
        }

        _found.Set(who, true);
        // Of a machine that no sandbox is known of, its own cloud agent asks too.
        bool agent = occurred.Subject.Call is not null;
        findings.Add(new Finding
        {
            Rule = Name,
            RuleVersion = 1,
            Category = Category.Metadata,
            Severity = agent ? Severity.High : Severity.Medium,
            Confidence = agent ? 0.98 : 0.5,
            Subject = occurred.Subject,
            Flow = flow,
            Evidence = [occurred.Seq],
            Explanation = $"reached for the cloud's metadata service ({what})",
            Technique = "T1552.005",
            CompletedAtNs = occurred.MonotonicNs,
        });
    }

    private static IPAddress Plain(IPAddress address) =>
        address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
