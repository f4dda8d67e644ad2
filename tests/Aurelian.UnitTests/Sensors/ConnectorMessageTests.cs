using System.Buffers.Binary;
using Aurelian.Sensors;
using CsCheck;

namespace Aurelian.UnitTests.Sensors;

public sealed class ConnectorMessageTests
{
    [Fact]
    public void A_fork_names_child_and_parent()
    {
        Assert.True(ConnectorMessage.TryRead(Message(1, 10, 11, 20, 20), out ConnectorMessage message, out int length));
        Assert.Equal(new ConnectorMessage(ConnectorEvent.Fork, 77, 20, 11), message);
        Assert.Equal(76, length);
    }

    [Fact]
    public void A_thread_s_birth_and_end_are_no_process_s()
    {
        Assert.False(ConnectorMessage.TryRead(Message(1, 10, 10, 21, 20), out _, out int length));
        Assert.Equal(76, length);
        Assert.False(ConnectorMessage.TryRead(Message(0x80000000, 21, 20, 0, 0), out _, out _));
    }

    [Fact]
    public void An_end_has_its_code_and_an_exec_its_process()
    {
        Assert.True(ConnectorMessage.TryRead(Message(0x80000000, 20, 20, 256, 17), out ConnectorMessage ended, out _));
        Assert.Equal((20, 256), (ended.Pid, ended.Other));
        Assert.True(ConnectorMessage.TryRead(Message(2, 20, 20, 0, 0), out ConnectorMessage began, out _));
        Assert.Equal((ConnectorEvent.Exec, 20), (began.Kind, began.Pid));
    }

    [Fact]
    public void Whatever_bytes_come_none_is_read_twice_and_nothing_is_thrown() => Gen.Byte.Array[0, 200].Sample(bytes =>
    {
        _ = ConnectorMessage.TryRead(bytes, out _, out int length);
        Assert.InRange(length, 0, bytes.Length);
    });

    private static byte[] Message(uint kind, params int[] words)
    {
        byte[] message = new byte[76];
        BinaryPrimitives.WriteInt32LittleEndian(message, message.Length);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(16), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(36), kind);
        BinaryPrimitives.WriteInt64LittleEndian(message.AsSpan(44), 77);
        for (int index = 0; index < words.Length; index++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(52 + (4 * index)), words[index]);
        }

        return message;
    }
}
