using System.Buffers;
using System.Net;
using System.Text;
using Aurelian.Events;
using Aurelian.Firewall;
using Aurelian.Protocols;
using Aurelian.Sandbox;

namespace Aurelian.UnitTests.Firewall;

/// <summary>What runs for every piece, connection or record allocates nothing.</summary>
public sealed class HotPathTests
{
    private const int Rounds = 1000;
    private readonly byte[] _piece = new byte[32 * 1024];

    [Fact]
    public void A_stream_that_was_looked_through_is_fed_without_allocating()
    {
        StreamSight sight = new();
        List<Sighting> sightings = [];
        sight.Feed(true, _piece, sightings);

        Assert.True(sight.IsFull(fromClient: true));
        AssertNothingAllocated(() => sight.Feed(true, _piece, sightings));
    }

    [Fact]
    public void A_request_s_body_passes_its_guard_without_allocating()
    {
        HttpGuard guard = new("mirror.example", 80);
        ArrayBufferWriter<byte> approved = new(2 * _piece.Length);
        byte[] head = Encoding.ASCII.GetBytes(
            $"PUT /x HTTP/1.1\r\nHost: mirror.example\r\nContent-Length: {4L * Rounds * _piece.Length}\r\n\r\n");
        Assert.True(guard.TryFeed(head, approved));

        AssertNothingAllocated(() =>
        {
            approved.ResetWrittenCount();
            guard.TryFeed(_piece, approved);
        });
    }

    [Fact]
    public void A_rule_s_account_takes_bytes_without_allocating()
    {
        RuleUse use = new();

        AssertNothingAllocated(() => use.TryTake(_piece.Length, long.MaxValue));
    }

    [Fact]
    public void A_cgroup_s_call_and_an_address_s_name_are_found_without_allocating()
    {
        CgroupDirectory directory = new();
        directory.Add(42, new Subject(Episode: new EpisodeId("e1")));
        SyntheticAddresses names = new(new SyntheticRange());
        IPAddress address = names.AddressOf("mirror.example", spelt: false)!;

        AssertNothingAllocated(() => directory.TryFind(42, out _));
        AssertNothingAllocated(() => names.NameOf(address));
    }

    private static void AssertNothingAllocated(Action action)
    {
        // Once to have it compiled.
        action();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < Rounds; round++)
        {
            action();
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
