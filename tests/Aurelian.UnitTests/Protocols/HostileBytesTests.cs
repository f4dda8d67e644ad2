using System.Text;
using Aurelian.Protocols;
using CsCheck;

namespace Aurelian.UnitTests.Protocols;

/// <summary>Whatever a stranger says, in whatever pieces: no exception, and a bounded number of sightings.</summary>
public sealed class HostileBytesTests
{
    private static readonly byte[][] Samples =
    [
        HelloBytes.Record(HelloBytes.Chrome()), HelloBytes.Chrome(), HelloBytes.Record(HelloBytes.Plain("a.example")),
        Encoding.ASCII.GetBytes("SSH-2.0-x\r\n\0\0\0\x20\x04\x14"),
        Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
            + "\x81\x85\x11\x22\x33\x44hello"),
        Encoding.ASCII.GetBytes("""{"id":1,"method":"mining.subscribe","params":[]}""" + "\n"),
        [5, 1, 0], [1, .. new byte[147]], [0x38, .. new byte[13]], OpeningBytes.WireGuard(1),
        OpeningBytes.OpenVpnCrypt(1), OpeningBytes.OpenVpnHmac(20), OpeningBytes.OpenVpn(),
        OpeningBytes.Dtls("a.example"), OpeningBytes.Stun(), OpeningBytes.Dns("a.example"),
        [0xC3, 0, 0, 0, 1, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0x44, 0x9E, .. new byte[1200]],
        [0xD3, 0x6B, 0x33, 0x43, 0xCF, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0x80, 0, 0, 1, 0x44, 0x9E, .. new byte[1200]],
    ];

    private static readonly Gen<byte[]> Damaged =
        from sample in Gen.Int[0, Samples.Length - 1].Select(index => Samples[index])
        from length in Gen.Int[0, sample.Length]
        from changes in Gen.Select(Gen.Int[0, int.MaxValue], Gen.Byte).Array[0, 12]
        from more in Gen.Byte.Array[0, 64]
        select Change([.. sample[..length], .. more], changes);

    private static readonly Gen<(bool, byte[])[]> Said =
        Gen.Select(Gen.Bool, Gen.OneOf(Damaged, Gen.Byte.Array[0, 512])).Array[1, 12];

    [Fact]
    public void Streams_and_datagrams_of_damaged_bytes_are_read() => Said.Sample(Look, iter: 4000, threads: 1);

    /// <summary>For as long as <c>eng/fuzz</c> says; 60 s without it.</summary>
    [Fact(Explicit = true)]
    public void Damaged_bytes_for_long()
    {
        string? budget = Environment.GetEnvironmentVariable("AURELIAN_FUZZ_SECONDS");
        Said.Sample(Look, time: int.TryParse(budget, out int said) ? said : 60, threads: 1);
    }

    [Fact]
    public void Datagrams_that_are_nothing_known_allocate_nothing()
    {
        byte[] dull = new byte[1300];
        List<Sighting> sightings = [];
        DatagramSight[] sights = [.. Enumerable.Range(0, 1200).Select(_ => new DatagramSight())];
        foreach (DatagramSight sight in sights[..200])
        {
            sight.Feed(true, dull, sightings);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (DatagramSight sight in sights)
        {
            sight.Feed(true, dull, sightings);
            sight.Feed(false, dull, sightings);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1024);
    }

    [Fact]
    public void Refused_datagrams_that_open_nothing_known_allocate_nothing()
    {
        byte[] dull = new byte[1300];
        OpeningSight sight = new();
        sight.Read(dull, 443);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 1000; round++)
        {
            sight.Read(dull, 443);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Look((bool FromClient, byte[] Bytes)[] said)
    {
        StreamSight stream = new();
        DatagramSight datagrams = new();
        OpeningSight openings = new();
        List<Sighting> sightings = [];
        foreach ((bool fromClient, byte[] bytes) in said)
        {
            stream.Feed(fromClient, bytes, sightings);
            datagrams.Feed(fromClient, bytes, sightings);
            _ = openings.Read(bytes, fromClient ? 53 : 443);
            _ = Ja4.Of(bytes, quic: false);
            _ = ClientHello.Fingerprint(bytes);
            _ = DnsQuery.TryRead(bytes, out _);
        }

        Assert.InRange(sightings.Count, 0, 20_000);
    }

    private static byte[] Change(byte[] bytes, (int Place, byte Value)[] changes)
    {
        foreach ((int place, byte value) in changes)
        {
            if (bytes.Length > 0)
            {
                bytes[place % bytes.Length] = value;
            }
        }

        return bytes;
    }
}
