using System.Buffers.Binary;

namespace Aurelian.Sensors;

/// <summary>As <c>enum proc_cn_event</c>.</summary>
internal enum ConnectorEvent : uint
{
    Fork = 1,
    Exec = 2,
    Exit = 0x80000000,
}

/// <summary>
/// One word of the kernel's proc connector: a netlink header, a connector header, then <c>struct proc_event</c>.
/// </summary>
/// <param name="Pid">The process (a thread group): of a fork the child.</param>
/// <param name="Other">Of a fork the parent; of an exit the code as of waitpid.</param>
internal readonly record struct ConnectorMessage(ConnectorEvent Kind, long StampNs, int Pid, int Other)
{
    internal const int SubscriptionLength = 40;

    private const int NetlinkLength = 16, ConnectorLength = 20, EventLength = 16;
    private const int Index = 1, Value = 1; // CN_IDX_PROC, CN_VAL_PROC

    /// <summary>Asks for the events (PROC_CN_MCAST_LISTEN).</summary>
    internal static byte[] Subscription()
    {
        byte[] message = new byte[SubscriptionLength];
        BinaryPrimitives.WriteInt32LittleEndian(message, SubscriptionLength);
        BinaryPrimitives.WriteInt16LittleEndian(message.AsSpan(4), 3); // NLMSG_DONE
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(NetlinkLength), Index);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(NetlinkLength + 4), Value);
        BinaryPrimitives.WriteInt16LittleEndian(message.AsSpan(NetlinkLength + 16), sizeof(int));
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(NetlinkLength + ConnectorLength), 1);
        return message;
    }

    /// <summary>Reads the first message; false for one that is no process's birth, exec or end.</summary>
    /// <param name="length">How far the next one is; 0 when there is no whole message.</param>
    internal static bool TryRead(ReadOnlySpan<byte> bytes, out ConnectorMessage message, out int length)
    {
        message = default;
        length = bytes.Length < NetlinkLength ? 0 : BinaryPrimitives.ReadInt32LittleEndian(bytes);
        if (length < NetlinkLength || length > bytes.Length)
        {
            length = 0;
            return false;
        }

        ReadOnlySpan<byte> body = bytes[..length];
        length = Math.Min(bytes.Length, (length + 3) & ~3);
        const int facts = NetlinkLength + ConnectorLength + EventLength;
        if (body.Length < facts + 16 || Word(body, NetlinkLength) != Index)
        {
            return false;
        }

        ConnectorEvent kind = (ConnectorEvent)Word(body, NetlinkLength + ConnectorLength);
        long stamp = BinaryPrimitives.ReadInt64LittleEndian(body[(NetlinkLength + ConnectorLength + 8)..]);
        // Threads come and go unsaid: a process is its group's leader.
        (bool process, int pid, int other) = kind switch
        {
            ConnectorEvent.Fork => (Word(body, facts + 8) == Word(body, facts + 12), Word(body, facts + 12),
                Word(body, facts + 4)),
            ConnectorEvent.Exec => (true, Word(body, facts + 4), 0),
            ConnectorEvent.Exit => (Word(body, facts) == Word(body, facts + 4), Word(body, facts + 4),
                Word(body, facts + 8)),
            _ => (false, 0, 0),
        };
        message = new ConnectorMessage(kind, stamp, pid, other);
        return process;
    }

    private static int Word(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]);
}
