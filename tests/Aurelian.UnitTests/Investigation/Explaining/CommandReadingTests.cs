using Aurelian.Events;
using Aurelian.Investigation.Cases;
using Aurelian.Investigation.Explaining;

namespace Aurelian.UnitTests.Investigation.Explaining;

public sealed class CommandReadingTests
{
    [Fact]
    public void Each_command_is_read_by_itself()
    {
        IReadOnlyList<IReadOnlyList<CommandEvidence>> read = CommandReading.Read([
            "./m -o stratum+tcp://pool.example:3333 -u x", "ls -la", "ssh -N -R 2222:localhost:22 u@198.51.100.9",
            "echo 'ssh -R 1:2:3 host' # said, not run",
        ]);

        Assert.Equal([Category.Mining], read[0].Select(each => each.Category));
        Assert.Empty(read[1]);
        Assert.Contains(read[2], each => each is { Category: Category.Tunnel, Severity: >= Severity.Medium });
        Assert.Empty(read[3]);
    }

    [Fact]
    public void A_command_and_its_alerts_agree_where_they_name_the_same_destination()
    {
        CaseAlert[] alerts = [.. new[] { 3333, 3333, 22 }.Select((port, index) => new CaseAlert
        {
            Line = index + 1, Time = index, DestinationAddress = index == 2 ? "203.0.113.1" : "203.0.113.12",
            DestinationPort = port,
        })];

        Assert.Equal(
            ["its command names 203.0.113.12, where 2 of its 3 alerts go",
                "its command names port 3333, where 2 of its 3 alerts go"],
            Agreements.Of("./m 203.0.113.12:3333 -t 22", alerts));
        Assert.Empty(Agreements.Of("./m pool.example:8080", alerts));
    }
}
