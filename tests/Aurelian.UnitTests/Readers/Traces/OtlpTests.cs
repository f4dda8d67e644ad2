using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Aurelian.Events;

namespace Aurelian.UnitTests.Readers.Traces;

public sealed class OtlpTests
{
    private static string Json => Encoding.UTF8.GetString(Reads.SampleBytes("otlp.json"));

    internal static byte[] Request => Message(1, [
        .. Message(1, Attribute("rl.run.id", "run-7")),
        .. Message(2, [
            .. Message(2, [
                .. Field(1, [0xAB, 1]), .. Field(2, [2]), .. Field(4, [3]),
                .. Field(5, "execute_tool bash"u8.ToArray()),
                .. Fixed(7, 1_700_000_000_000_000_001), .. Fixed(8, 1_700_000_002_000_000_001),
                .. Field(9, Pair("gen_ai.tool.call.id", "call-1")),
                .. Field(9, Pair("gen_ai.tool.call.arguments", "{\"command\": \"make test\"}")),
                .. Field(9, [.. Field(1, "rl.step"u8.ToArray()), .. Field(2, [0x18, 5])]),
            ]),
            .. Message(2, [
                .. Field(1, [0xAB, 1]), .. Field(2, [3]), .. Field(5, "x"u8.ToArray()),
                .. Fixed(7, 1_700_000_000_000_000_000), .. Fixed(8, 1_700_000_009_000_000_000),
                .. Field(9, Pair("gen_ai.operation.name", "invoke_agent")),
                .. Field(9, Pair("rl.sample.task.id", "task-1")),
                .. Field(9, [.. Field(1, "rl.reward.score"u8.ToArray()),
                    .. Field(2, [0x21, .. BitConverter.GetBytes(0.5)])]),
                .. Field(15, [0x18, 2]),
            ]),
        ]),
    ]);

    public static TheoryData<string> Forms =>
        ["json", "json lines", "protobuf", "protobuf big-endian", "protobuf varint"];

    [Theory]
    [MemberData(nameof(Forms))]
    public void Spans_are_episodes_and_calls_in_every_form(string form)
    {
        byte[] size = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(size, Request.Length);
        Reads reads = Reads.Of(form switch
        {
            "json" => Encoding.UTF8.GetBytes(Json),
            "json lines" => Encoding.UTF8.GetBytes(Json.ReplaceLineEndings("") + "\n"),
            "protobuf" => Request,
            "protobuf big-endian" => [.. size, .. Request],
            _ => [.. Varint(Request.Length), .. Request],
        });

        Assert.Equal(form.Split(' ')[0] == "json" ? "otlp-json" : "otlp-protobuf", reads.Kind);
        Observation call = reads.ReadingOf<Fact.ToolCallStarted>().Observation;
        Assert.Equal(new Subject(new RunId("run-7"), 5, new EpisodeId("ab01"), new ToolCallId("call-1")), call.Subject);
        Assert.Equal(("make test", 1_700_000_000_000_000_001),
            (((Fact.ToolCallStarted)call.Fact).Command, call.MonotonicNs));
        Assert.Equal("task-1", reads.One<Fact.EpisodeStarted>().Task);
        Fact.EpisodeEnded ended = reads.One<Fact.EpisodeEnded>();
        Assert.Equal(("failed", 0.5), (ended.StopReason, ended.Reward));
        Assert.Equal((2, false), (reads.Report.Records, reads.Report.Partial));
    }

    [Fact]
    public void A_damaged_line_of_requests_costs_itself()
    {
        string line = Json.ReplaceLineEndings("");

        Reads reads = Reads.Of(line, line[..400], line);

        Assert.Equal(2, reads.All<Fact.ToolCallStarted>().Count());
        Assert.True(reads.Report is { Records: 4, Unreadable: 1, Partial: true },
            string.Create(CultureInfo.InvariantCulture, $"{reads.Report.Records} {reads.Report.Unreadable}"));
    }

    private static byte[] Attribute(string key, string text) => Message(1, Pair(key, text));

    private static byte[] Pair(string key, string text) =>
        [.. Field(1, Encoding.UTF8.GetBytes(key)), .. Field(2, Field(1, Encoding.UTF8.GetBytes(text)))];

    private static byte[] Message(int field, byte[] body) => Field(field, body);

    private static byte[] Field(int field, byte[] body) =>
        [.. Varint((field << 3) | 2), .. Varint(body.Length), .. body];

    private static byte[] Fixed(int field, long number) =>
        [.. Varint((field << 3) | 1), .. BitConverter.GetBytes(number)];

    private static byte[] Varint(int number)
    {
        List<byte> bytes = [];
        for (; number >= 0x80; number >>= 7)
        {
            bytes.Add((byte)(number | 0x80));
        }

        return [.. bytes, (byte)number];
    }
}
