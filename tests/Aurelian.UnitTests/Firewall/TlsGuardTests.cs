using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Aurelian.Firewall;
using CsCheck;

namespace Aurelian.UnitTests.Firewall;

public sealed class TlsGuardTests
{
    private const int NameExtension = 0;
    private static readonly byte[] ChangeCipherSpec = Record(0x14, [1]), Data = Record(0x17, "data"u8.ToArray());

    [Fact]
    public void A_hello_for_the_name_passes_and_what_follows_it_too()
    {
        byte[] stream = [.. Records(Hello(Name("A.example."))), .. ChangeCipherSpec, .. Data, .. Data];

        (byte[] approved, string? refusal) = Feed(stream);

        Assert.Null(refusal);
        Assert.Equal(stream, approved);
    }

    [Fact]
    public void A_second_hello_for_the_name_passes()
    {
        byte[] hello = Hello(Name("a.example"));
        byte[] stream = [.. Records(hello, 5), .. ChangeCipherSpec, .. Records(hello, 1, 2), .. Data];

        Assert.Equal(stream, Feed(stream).Approved);
    }

    /// <summary>TLS 1.2: key exchange in clear, then what is encrypted may begin with any byte.</summary>
    [Fact]
    public void After_the_key_exchange_nothing_is_read_any_more()
    {
        byte[] stream =
        [
            .. Records(Hello(Name("a.example"))), .. Record(0x16, [16, 0, 0, 1, 7]), .. ChangeCipherSpec,
            .. Records(Hello(Name("b.example"))),
        ];
        TlsGuard guard = new("a.example");

        Assert.True(guard.TryFeed(stream, new ArrayBufferWriter<byte>()));
        Assert.True(guard.IsOver);
    }

    /// <summary>A resumed TLS 1.2 session: its first handshake record after the hello is encrypted.</summary>
    [Fact]
    public void An_encrypted_message_is_no_hello_although_it_begins_with_the_same_byte()
    {
        byte[] stream =
            [.. Records(Hello(Name("a.example"))), .. ChangeCipherSpec, .. Record(0x16, [1, 0, 0x10, 9, 9, 1, 2, 3])];

        Assert.Equal(stream, Feed(stream).Approved);
    }

    public static TheoryData<string, string, byte[]> Refused => new()
    {
        { "another name", "TLS for b.example", Records(Hello(Name("b.example"))) },
        { "no name", "without a server name", Records(Hello()) },
        { "an address", "TLS for 203.0.113.7", Records(Hello(Name("203.0.113.7"))) },
        { "NUL", "without a server name", Records(Hello(Name("a.example\0.b.example"))) },
        { "two names in one list", "without a server name", Records(Hello(Name("a.example", "b.example"))) },
        { "two lists", "no TLS", Records(Hello(Name("a.example"), Name("b.example"))) },
        { "ECH", "encrypted", Records(Hello(Name("a.example"), Extension(0xFE0D, 7))) },
        { "a draft of ECH", "encrypted", Records(Hello(Name("a.example"), Extension(0xFE09, 7))) },
        { "encrypted SNI", "encrypted", Records(Hello(Name("a.example"), Extension(0xFFCE, 7))) },
        { "two hellos in a record", "no TLS", Records([.. Hello(Name("a.example")), .. Hello(Name("b.example"))]) },
        { "bytes behind the extensions", "no TLS", Records(Longer(Hello(Name("a.example")))) },
        { "an empty record", "no TLS", [.. Record(0x16, []), .. Records(Hello(Name("a.example")))] },
        { "HTTP", "no TLS", "GET / HTTP/1.1\r\n"u8.ToArray() },
        { "SSL 2", "no TLS", [0x80, 0x2E, 1, 3, 1] },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_hello_that_is_not_for_the_name_in_clear_is_refused_first_and_second(
        string what, string reason, byte[] stream)
    {
        byte[] first = [.. Records(Hello(Name("a.example"))), .. ChangeCipherSpec];

        (byte[] alone, string? refusal) = Feed(stream);
        (byte[] after, string? second) = Feed([.. first, .. stream]);

        Assert.NotEmpty(what);
        Assert.Empty(alone);
        Assert.Contains(reason, refusal, StringComparison.Ordinal);
        Assert.Equal(first, after);
        Assert.Contains(reason, second, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0x17)] // early data
    [InlineData(0x15)] // an alert
    [InlineData(0x14)]
    public void Records_that_may_come_before_a_second_hello_do_not_hide_it(byte type)
    {
        byte[] first = [.. Records(Hello(Name("a.example"))), .. Record(type, [1, 90]), .. Record(type, [1, 90])];

        (byte[] approved, string? refusal) = Feed([.. first, .. Records(Hello(Name("b.example")), 1, 2, 3, 4)]);

        Assert.Equal(first, approved);
        Assert.Contains("b.example", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Cut_anywhere_the_same_bytes_are_approved() => Gen.Int[1, 60].Array[1, 8].Sample(cuts =>
    {
        byte[] good = [.. Records(Hello(Name("a.example")), 3, 40), .. ChangeCipherSpec, .. Data];
        byte[] stream = [.. good, .. Records(Hello(Name("b.example")), 2)];
        TlsGuard guard = new("a.example");
        ArrayBufferWriter<byte> approved = new();
        int at = 0, round = 0;
        while (at < stream.Length)
        {
            int taken = Math.Min(cuts[round++ % cuts.Length], stream.Length - at);
            guard.TryFeed(stream.AsSpan(at, taken), approved);
            at += taken;
        }

        Assert.Equal(good, approved.WrittenSpan.ToArray());
        Assert.NotNull(guard.Refusal);
    });

    [Fact]
    public void No_bytes_make_it_throw() => Gen.Byte.Array[0, 300].Sample(bytes =>
    {
        new TlsGuard("a.example").TryFeed(bytes, new ArrayBufferWriter<byte>());
        new TlsGuard("a.example").TryFeed([.. Records(Hello(Name("a.example"))), 0x16, 3, 3, .. bytes],
            new ArrayBufferWriter<byte>());
    });

    private static (byte[] Approved, string? Refusal) Feed(byte[] stream)
    {
        TlsGuard guard = new("a.example");
        ArrayBufferWriter<byte> approved = new();
        guard.TryFeed(stream, approved);
        return (approved.WrittenSpan.ToArray(), guard.Refusal);
    }

    private static byte[] Hello(params byte[][] extensions)
    {
        byte[] all = [.. extensions.SelectMany(each => each)];
        byte[] body =
            [3, 3, .. new byte[32], 0, .. Block(2, [0x13, 1]), .. Block(1, [0]), .. Block(2, all)];
        return [1, .. Block(3, body)];
    }

    private static byte[] Longer(byte[] hello) => [1, .. Block(3, [.. hello[4..], 0, 0])];

    private static byte[] Name(params string[] names) => Extension(NameExtension, [.. Block(2,
        [.. names.SelectMany(name => (byte[])[0, .. Block(2, Encoding.ASCII.GetBytes(name))])])]);

    private static byte[] Extension(int kind, params byte[] body) => [(byte)(kind >> 8), (byte)kind, .. Block(2, body)];

    private static byte[] Block(int size, byte[] body)
    {
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, body.Length);
        return [.. length[(4 - size)..], .. body];
    }

    private static byte[] Record(byte type, byte[] body) => [type, 3, 3, .. Block(2, body)];

    private static byte[] Records(byte[] handshake, params int[] cuts)
    {
        int[] ends = [.. cuts, handshake.Length];
        int[] starts = [0, .. cuts];
        return [.. starts.Zip(ends).SelectMany(piece => Record(0x16, handshake[piece.First..piece.Second]))];
    }
}
