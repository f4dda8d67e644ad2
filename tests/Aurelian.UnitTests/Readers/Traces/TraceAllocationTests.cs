using System.Buffers.Binary;
using System.Text;
using Aurelian.Readers;

namespace Aurelian.UnitTests.Readers.Traces;

/// <summary>What a span or a step costs once the reader has warmed up: bytes, never times.</summary>
public sealed class TraceAllocationTests
{
    /// <summary>A call's beginning and its end: two records.</summary>
    private const int CallMax = 112;

    /// <summary>An episode's beginning and end, a step and a call, and the names that are made up for them.</summary>
    private const int SessionMax = 400;

    private const string Command = """{"command":"pytest -q"}""";
    private const string Resource = "container.id";
    private static readonly string Long = new('x', 20_000);

    public static TheoryData<string, string, string, int> Spans => new()
    {
        { "json", "GET /", "", 0 },
        { "json", "chat model-1", "", 32 },
        { "json", "execute_tool bash", Command, CallMax },
        { "protobuf", "GET /", "", 0 },
        { "protobuf", "chat model-1", "", 32 },
        { "protobuf", "execute_tool bash", Command, CallMax },
    };

    public static TheoryData<string, string> Sessions => new()
    {
        {
            "swe", """{"trajectory":[{"action":"ls -l\n","observation":"LONG","thought":"I \"look\"."}]}"""
        },
        {
            "mini", """{"messages":[{"role":"assistant","content":"I look.\n```bash\nls -l\n```"},"""
                + """{"role":"user","content":"<returncode>0</returncode>\nLONG"}]}"""
        },
        {
            "openhands", """{"history":[{"action":"run","args":{"command":"ls\n-l","thought":"I look."}},"""
                + """{"observation":"run","content":"LONG","extras":{"exit_code":0}}]}"""
        },
    };

    [Theory]
    [MemberData(nameof(Spans))]
    public void A_span_costs_the_facts_it_tells_and_one_that_tells_nothing_costs_nothing(
        string format, string name, string arguments, int bytesMax)
    {
        byte[] one = format == "json" ? Json(name, arguments) : Protobuf(name, arguments);

        Assert.InRange(Each(one, () => format == "json" ? new OtlpJson(byLine: true)
            : new OtlpProtobuf(OtlpFraming.BigEndian)), 0, bytesMax);
    }

    /// <summary>Not what was printed, however long it is.</summary>
    [Theory]
    [MemberData(nameof(Sessions))]
    public void A_session_costs_its_facts_and_names(string format, string line)
    {
        byte[] one = Encoding.UTF8.GetBytes(line.Replace("LONG", Long, StringComparison.Ordinal) + "\n");

        Assert.InRange(Each(one, () => format switch
        {
            "swe" => new SweAgent(byLine: true), "mini" => new MiniSweAgent(byLine: true),
            _ => new OpenHands(byLine: true),
        }), 1, SessionMax);
    }

    private static long Each(byte[] one, Func<EventReader> create)
    {
        int few = one.Length > 1000 ? 100 : 1000, many = few * 4;
        return (Allocated(one, few * 5, create) - Allocated(one, few, create)) / many;
    }

    private static long Allocated(byte[] one, int times, Func<EventReader> create)
    {
        byte[] bytes = new byte[one.Length * times];
        for (int number = 0; number < times; number++)
        {
            one.CopyTo(bytes, number * one.Length);
        }

        long least = long.MaxValue;
        for (int round = 0; round < 3; round++)
        {
            EventReader reader = create();
            using MemoryStream stream = new(bytes);
            ReadReport report = new();
            long before = GC.GetAllocatedBytesForCurrentThread();
            foreach (Reading reading in reader.Read(stream, report, CancellationToken.None))
            {
                Assert.NotNull(reading.Observation.Fact);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.Equal((true, 0), (report.Records >= times, report.Unreadable));
        }

        return least;
    }

    private static byte[] Json(string name, string arguments)
    {
        string escaped = arguments.Replace("\"", "\\\"", StringComparison.Ordinal);
        return Encoding.UTF8.GetBytes(
            "{\"resourceSpans\":[{\"resource\":{\"attributes\":[{\"key\":\"container.id\",\"value\":{\"stringValue\":"
            + "\"c1\"}}]},\"scopeSpans\":[{\"spans\":[{\"traceId\":\"5b8efff798038103d269b633813fc60c\",\"spanId\":"
            + $"\"eee19b7ec3c1b174\",\"parentSpanId\":\"eee19b7ec3c1b173\",\"name\":\"{name}\","
            + "\"startTimeUnixNano\":\"1544712660000000000\",\"endTimeUnixNano\":\"1544712661000000000\","
            + "\"attributes\":["
            + "{\"key\":\"gen_ai.tool.call.arguments\",\"value\":{\"stringValue\":\"" + escaped + "\"}},"
            + "{\"key\":\"gen_ai.tool.call.id\",\"value\":{\"stringValue\":\"call_1\"}},"
            + "{\"key\":\"rl.step\",\"value\":{\"intValue\":\"7\"}},"
            + "{\"key\":\"http.url\",\"value\":{\"stringValue\":\"http://a.example/\"}}]}]}]}]}\n");
    }

    private static byte[] Protobuf(string name, string arguments)
    {
        byte[] span =
        [
            .. Field(1, Convert.FromHexString("5b8efff798038103d269b633813fc60c")),
            .. Field(2, Convert.FromHexString("eee19b7ec3c1b174")),
            .. Field(4, Convert.FromHexString("eee19b7ec3c1b173")),
            .. Field(5, Text(name)), .. Fixed(7, 1544712660000000000), .. Fixed(8, 1544712661000000000),
            .. Field(9, Attribute("gen_ai.tool.call.arguments", Field(1, Text(arguments)))),
            .. Field(9, Attribute("gen_ai.tool.call.id", Field(1, Text("call_1")))),
            .. Field(9, Attribute("rl.step", [3 << 3, 7])),
            .. Field(9, Attribute("http.url", Field(1, Text("http://a.example/")))),
        ];
        byte[] resource = Field(1, Attribute(Resource, Field(1, Text("c1"))));
        byte[] request = Field(1, [.. Field(1, resource), .. Field(2, Field(2, span))]);
        byte[] framed = new byte[4 + request.Length];
        BinaryPrimitives.WriteInt32BigEndian(framed, request.Length);
        request.CopyTo(framed, 4);
        return framed;
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Attribute(string key, byte[] value) => [.. Field(1, Text(key)), .. Field(2, value)];

    private static byte[] Field(int number, byte[] body) => body.Length < 128
        ? [(byte)((number << 3) | 2), (byte)body.Length, .. body]
        : [(byte)((number << 3) | 2), (byte)(body.Length | 0x80), (byte)(body.Length >> 7), .. body];

    private static byte[] Fixed(int number, long value)
    {
        byte[] field = new byte[9];
        field[0] = (byte)((number << 3) | 1);
        BinaryPrimitives.WriteInt64LittleEndian(field.AsSpan(1), value);
        return field;
    }
}
