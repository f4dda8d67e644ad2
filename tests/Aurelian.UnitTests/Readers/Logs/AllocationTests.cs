using System.Globalization;
using System.Text;
using Aurelian.Readers;

namespace Aurelian.UnitTests.Readers.Logs;

/// <summary>What a line costs once the reader has warmed up: bytes, never times.</summary>
public sealed class AllocationTests
{
    private const string Ends = "\"src_ip\":\"192.0.2.1\",\"dest_ip\":\"203.0.113.7\",\"src_port\":4,\"dest_port\":443";
    private const string Eve =
        "{\"timestamp\":\"2026-03-01T10:00:00.000000+0000\",\"flow_id\":7,\"proto\":\"TCP\","
        + "\"app_proto\":\"tls\"," + Ends;

    private const string Zeek =
        "{\"ts\":1772359200.5,\"uid\":\"C1\",\"id.orig_h\":\"192.0.2.1\",\"id.orig_p\":4,\"id.resp_h\":\"203.0.113.7\","
        + "\"id.resp_p\":443,\"proto\":\"tcp\",\"service\":\"ssl\",\"duration\":0.5";

    private const string Falco =
        "{\"time\":\"2026-03-01T10:00:00.5Z\",\"rule\":\"A rule\",\"priority\":\"Notice\",\"output_fields\":{"
        + "\"container.id\":\"c1\",\"proc.pid\":7,\"proc.ppid\":6,";

    private const string Tetragon = "{\"time\":\"2026-03-01T10:00:00.5Z\",\"node_name\":\"n\",";

    /// <summary>Every line its own event: the serial number stands still, the time is the next one's.</summary>
    private const string AuditCall = "type=SYSCALL msg=audit(1772359200.500:NUMBER): arch=c000003e ";

    /// <summary>A flow's beginning, its end and its name: nothing that grows with the line.</summary>
    private const int FactsMax = 448;

    public static TheoryData<string, string, int> Lines => new()
    {
        { "eve", Eve + ",\"event_type\":\"fileinfo\"}", 0 },
        { "eve", "{\"timestamp\":\"2026-03-01T10:00:00+0000\",\"event_type\":\"stats\",\"stats\":{\"a\":1}}", 0 },
        { "eve", Eve + ",\"event_type\":\"tls\",\"tls\":{\"sni\":\"mirror.example\"}}", 96 },
        { "eve", Eve + ",\"event_type\":\"flow\",\"flow\":{\"bytes_toserver\":9,\"bytes_toclient\":9}}", FactsMax },
        { "zeek", Zeek + ",\"_path\":\"files\"}", 0 },
        { "zeek", Zeek + ",\"_path\":\"dns\",\"query\":\"mirror.example\",\"qtype_name\":\"A\"}", 96 },
        { "zeek", Zeek + ",\"_path\":\"conn\",\"conn_state\":\"SF\",\"orig_bytes\":9}", FactsMax },
        { "conntrack", "[1772359200.5]\t[UPDATE] tcp 6 60 ESTABLISHED src=192.0.2.1 dst=203.0.113.7 sport=4 dport=443 "
            + "src=203.0.113.7 dst=192.0.2.1 sport=443 dport=4", 0 },
        { "vpc", "2 1 eni-1 192.0.2.1 203.0.113.7 40000 443 6 9 900 1772359200 1772359260 ACCEPT OK", 192 },
        { "vpc", "2 1 eni-1 - - - - - - - 1772359200 1772359260 - NODATA", 0 },
        { "falco", Falco + "\"evt.type\":\"execve\",\"proc.cmdline\":\"python3 -m pytest -q\",\"proc.exepath\":"
            + "\"/usr/bin/python3.11\",\"user.name\":\"dev\"}}", 152 },
        { "falco", Falco + "\"evt.type\":\"connect\",\"fd.name\":\"10.0.0.1:5000->203.0.113.7:443\"}}", 136 },
        { "tetragon", Tetragon + "\"process_exec\":{\"process\":{\"pid\":7,\"uid\":1000,\"docker\":\"c1\",\"binary\":"
            + "\"/usr/bin/python3\",\"arguments\":\"-m pytest -q\"},\"parent\":{\"pid\":6}}}", 56 },
        { "tetragon", Tetragon + "\"process_exit\":{\"process\":{\"pid\":7,\"docker\":\"c1\"},\"status\":1}}", 24 },
        { "auditd", AuditCall + "syscall=59 success=yes pid=7 ppid=6 uid=1000 exe=\"/usr/bin/ls\" key=(null)", 56 },
        { "auditd", AuditCall + "syscall=42 success=yes pid=7 ppid=6 uid=1000 exe=\"/usr/bin/ls\" key=(null)", 0 },
    };

    [Theory]
    [MemberData(nameof(Lines))]
    public void A_line_costs_the_facts_it_tells_and_one_that_tells_nothing_costs_nothing(
        string format, string line, int bytesMax)
    {
        const int Few = 1000, Many = 11_000;
        long perLine = (Allocated(format, line, Many) - Allocated(format, line, Few)) / (Many - Few);

        Assert.InRange(perLine, 0, bytesMax);
    }

    private static long Allocated(string format, string line, int lines)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(1, lines).Select(number =>
            line.Replace("NUMBER", number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal) + "\n")));
        long least = long.MaxValue;
        for (int round = 0; round < 3; round++)
        {
            EventReader reader = format switch
            {
                "eve" => new SuricataEve(),
                "zeek" => new ZeekLog(null),
                "conntrack" => new Conntrack(),
                "falco" => new Falco(false),
                "tetragon" => new Tetragon(false),
                "auditd" => new Auditd(),
                _ => new VpcFlowLog(),
            };
            using MemoryStream stream = new(bytes);
            ReadReport report = new();
            long before = GC.GetAllocatedBytesForCurrentThread();
            foreach (Reading reading in reader.Read(stream, report, CancellationToken.None))
            {
                Assert.True(reading.Record > 0);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.Equal((lines, 0), (report.Records, report.Unreadable));
        }

        return least;
    }
}
