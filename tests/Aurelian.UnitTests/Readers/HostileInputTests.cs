using System.IO.Compression;
using Aurelian.Readers;
using Aurelian.UnitTests.Tidy;
using CsCheck;

namespace Aurelian.UnitTests.Readers;

/// <summary>Whatever the bytes: no exception, an end, and a report that adds up.</summary>
public sealed class HostileInputTests
{
    private static readonly byte[][] Samples =
    [
        .. Directory.GetFiles(Path.Combine(Repository.Root, "tests/Aurelian.UnitTests/Readers/Samples"))
            .Order(StringComparer.Ordinal).Select(File.ReadAllBytes),
        Conversations().ToPcap(), Conversations().ToPcapng(), Traces.OtlpTests.Request,
    ];

    /// <summary>Every reader is tried on bytes that another format was recognised by, too.</summary>
    private static readonly Func<EventReader>[] Readers =
    [
        () => new CaptureReader(false), () => new CaptureReader(true), () => new SuricataEve(), () => new ZeekLog(null),
        () => new ZeekLog("dns"), () => new Conntrack(), () => new VpcFlowLog(), () => new CloudFirewallJson(false),
        () => new CloudFirewallJson(true), () => new CloudFirewallCsv(), () => new Falco(false), () => new Falco(true),
        () => new Tetragon(false), () => new Auditd(), () => new SweAgent(false), () => new SweAgent(true),
        () => new OpenHands(true), () => new OpenHands(false), () => new MiniSweAgent(false), () => new CommandList(),
        () => new CommandRecords(true), () => new OtlpJson(false), () => new OtlpJson(true),
        () => new OtlpProtobuf(OtlpFraming.None), () => new OtlpProtobuf(OtlpFraming.Varint),
        () => new OtlpProtobuf(OtlpFraming.BigEndian), () => new SuricataEve(network: true),
        () => new AlertCsv(ColumnMap.Usual), () => new CallCsv(ColumnMap.Usual), () => new FlowCsv(),
        () => new RollDump(), () => new InspectLog(archive: false), () => new InspectLog(archive: true),
    ];

    internal static readonly Gen<byte[]> Damaged =
        from sample in Gen.Int[0, Samples.Length - 1].Select(index => Samples[index])
        from length in Gen.Int[0, sample.Length]
        from changes in Gen.Select(Gen.Int[0, int.MaxValue], Gen.Byte).Array[0, 12]
        from twice in Gen.Bool
        select Change([.. sample[..length], .. twice ? sample : []], changes);

    public static TheoryData<int> EveryReader => [.. Enumerable.Range(0, Readers.Length)];

    [Fact]
    public void Damaged_and_truncated_files_of_every_format_are_read_to_their_end() =>
        Damaged.Sample(bytes => Check(Reads.Of(bytes).Report), iter: 600, threads: 1);

    /// <summary>For as long as <c>eng/fuzz</c> says; 60 s without it.</summary>
    [Fact(Explicit = true)]
    public void Damaged_files_for_long()
    {
        string? budget = Environment.GetEnvironmentVariable("AURELIAN_FUZZ_SECONDS");
        int seconds = int.TryParse(budget, out int said) ? said : 60;

        Gen.OneOf(Damaged, Gen.Byte.Array[0, 65_536]).Sample(
            bytes => Check(Reads.Of(bytes).Report), time: seconds, threads: 1);
    }

    [Fact]
    public void Any_bytes_are_read_to_their_end() =>
        Gen.Byte.Array[0, 4096].Sample(bytes => Check(Reads.Of(bytes).Report), iter: 500, threads: 1);

    [Theory]
    [MemberData(nameof(EveryReader))]
    public void No_reader_minds_another_format_s_bytes(int reader) =>
        Gen.OneOf(Damaged, Gen.Byte.Array[0, 2048]).Sample(
            bytes =>
            {
                ReadReport report = new();
                _ = Readers[reader]().Read(new MemoryStream(bytes), report, CancellationToken.None).Count();
                Check(report);
            },
            iter: 100, threads: 1);

    [Fact]
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Reliability", "CA2000", Justification = "Memory only.")]
    public void Truncated_packings_end_with_a_note_and_no_exception()
    {
        MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Reads.SampleBytes("eve.jsonl"));
        }

        string path = Path.GetTempFileName();
        try
        {
            for (int length = 1; length < packed.Length; length += 37)
            {
                File.WriteAllBytes(path, packed.ToArray()[..length]);
                using SourceFile source = SourceFile.Open(path, 1);
                _ = source.Read(CancellationToken.None).Count();
                Assert.True(source.Report.Partial, $"cut at {length}");
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData('\0')]
    [InlineData('{')]
    [InlineData('"')]
    public void An_endless_file_of_one_byte_takes_no_more_memory_than_its_bound(char each)
    {
        const long Bytes = 40 * 1024 * 1024;
        EventReader[] kinds =
        [
            new CaptureReader(false), new CaptureReader(true), new Conntrack(), new Falco(true), new OtlpJson(true),
            new OtlpProtobuf(OtlpFraming.Varint),
        ];
        foreach (EventReader reader in kinds)
        {
            using RepeatedByte stream = new((byte)each, Bytes);
            long before = GC.GetAllocatedBytesForCurrentThread();
            _ = reader.Read(stream, new ReadReport(), CancellationToken.None).Count();
            // Twice the longest record, and the smaller buffers that it grew from.
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 72L * 1024 * 1024);
        }
    }

    private static void Check(ReadReport report)
    {
        Assert.True(report.Records >= 0 && report.Unreadable >= 0 && report.Notes.Count <= 32);
        Assert.True(report.Unreadable == 0 || report.Partial);
    }

    private static byte[] Change(byte[] bytes, (int At, byte Value)[] changes)
    {
        foreach ((int at, byte value) in changes)
        {
            if (bytes.Length > 0)
            {
                bytes[at % bytes.Length] = value;
            }
        }

        return bytes;
    }

    /// <summary>Something of everything that a capture reader looks at.</summary>
    private static CaptureBuilder Conversations()
    {
        CaptureBuilder capture = new CaptureBuilder
        {
            Link = 1, LinkHeader = [1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 7, 0x81, 0, 0, 5, 8, 0],
        }.Handshake("203.0.113.7", 3333)
            .Tcp("10.0.0.1", 40000, "203.0.113.7", 3333, CaptureBuilder.Ack, 1001, "{\"method\":\"login\"}\n")
            .Tcp("203.0.113.7", 3333, "10.0.0.1", 40000, CaptureBuilder.Ack, 5020, "{\"method\":\"job\"}\n")
            .Tcp("10.0.0.1", 40001, "203.0.113.7", 80, CaptureBuilder.Fin)
            .Udp("10.0.0.1", 4, "10.0.0.53", 53, CaptureBuilder.DnsQuestion(16, "a", "example"))
            .Ip("10.0.0.1", "203.0.113.7", 1, [8, 0, 0, 0, 0, 1, 0, 1, 5, 5]);
        return capture.Frame(
        [
            .. capture.LinkHeader,
            .. CaptureBuilder.IpPacket("10.0.0.1", "203.0.113.7", 17, new byte[16], fragment: 0x2000),
        ]);
    }

    private sealed class RepeatedByte(byte each, long length) : MemoryStream
    {
        private long _left = length;

        public override bool CanSeek => false;

        public override int Read(Span<byte> buffer)
        {
            int taken = (int)Math.Min(buffer.Length, _left);
            buffer[..taken].Fill(each);
            _left -= taken;
            return taken;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
    }
}
