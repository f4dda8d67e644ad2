using System.Text;
using System.Text.Json;
using Aurelian.Cli;
using Aurelian.Detection;
using Aurelian.Investigation;
using Aurelian.UnitTests.Readers;

namespace Aurelian.UnitTests.Cli;

public sealed class ReplayJsonTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void A_line_each_for_findings_and_summary_with_every_member_of_the_contract()
    {
        File.WriteAllBytes(_file, new CaptureBuilder().Handshake("203.0.113.7", 3333)
            .Tcp("10.0.0.1", 40000, "203.0.113.7", 3333, CaptureBuilder.Ack, 1001,
                "{\"method\":\"mining.subscribe\"}\n").ToPcap());
        using ReplaySession session = ReplaySession.Open([_file], DetectorSet.Standard());
        using MemoryStream output = new();

        foreach (ReplayFinding found in session.Read(CancellationToken.None))
        {
            ReplayJson.WriteFinding(found, output);
        }

        ReplayJson.WriteSummary(session, 1.5, output);
        string[] lines = Encoding.UTF8.GetString(output.ToArray()).TrimEnd('\n').Split('\n');

        Assert.Equal(2, lines.Length);
        using JsonDocument finding = JsonDocument.Parse(lines[0]), summary = JsonDocument.Parse(lines[1]);
        Assert.Equal(
            [
                "file", "rule", "category", "severity", "confidence", "time", "lastTime", "flow", "subject", "packets",
                "explanation", "technique", "evidence",
            ],
            finding.RootElement.EnumerateObject().Select(member => member.Name));
        Assert.Equal("[1,4]", finding.RootElement.GetProperty("packets").GetRawText());
        Assert.Equal("2023-11-14T22:13:24Z", finding.RootElement.GetProperty("time").GetString());
        Assert.Equal(JsonValueKind.Null, finding.RootElement.GetProperty("subject").ValueKind);
        Assert.True(summary.RootElement.GetProperty("summary").GetBoolean());
        Assert.False(summary.RootElement.GetProperty("partial").GetBoolean());
        JsonElement file = Assert.Single(summary.RootElement.GetProperty("files").EnumerateArray());
        Assert.Equal(("pcap", 4, 0, 1), (file.GetProperty("kind").GetString(), file.GetProperty("records").GetInt32(),
            file.GetProperty("unreadable").GetInt32(), file.GetProperty("findings").GetInt32()));
    }
}
