using System.Net.Sockets;
using System.Runtime.InteropServices;
using Aurelian.Sandbox;

namespace Aurelian.UnitTests.Sandbox;

public sealed class WardenChannelTests
{
    [Fact]
    public async Task What_a_helper_said_is_read_although_it_ended_with_a_drain_s_byte_unread()
    {
        (SafeSocketHandle one, SafeSocketHandle other) = Descriptors.SocketPair();
        using Socket ours = new(one);
        using (Socket helper = new(other))
        {
            WardenReply done = new() { Kind = ReplyKind.Done, Value = 7 };
            helper.Send(MemoryMarshal.AsBytes(new ReadOnlySpan<WardenReply>(in done)));
            ours.Send([1]);
        }

        WardenReply? said = await WardenChannel.ReceiveAsync(ours, TestContext.Current.CancellationToken);
        WardenReply? then = await WardenChannel.ReceiveAsync(ours, TestContext.Current.CancellationToken);

        Assert.Equal((ReplyKind.Done, 7L), (said!.Value.Kind, said.Value.Value));
        Assert.Null(then);
    }
}
