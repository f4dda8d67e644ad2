namespace Aurelian.Readers;

/// <summary>One captured packet, until the next is read.</summary>
/// <param name="Link">What its first bytes are: a LINKTYPE (tcpdump.org/linktypes.html).</param>
internal readonly ref struct Frame(long ns, int link, ReadOnlySpan<byte> bytes)
{
    internal long Ns { get; } = ns;

    internal int Link { get; } = link;

    internal ReadOnlySpan<byte> Bytes { get; } = bytes;
}

/// <summary>A file of packets, opened at its beginning.</summary>
internal interface ICaptureFile
{
    string Kind { get; }

    /// <summary>False at the end, also where it comes too early or nothing further can be made out: the report says
    /// so.</summary>
    bool TryNext(ReadReport report, out Frame frame);
}
