namespace Aurelian.Detection;

internal sealed record IcmpTunnelOptions
{
    /// <summary>A host must give back what an echo carried (RFC 792, RFC 1122 §3.2.2.6), so each of these is
    /// wrong.</summary>
    internal int RepliesMin { get; init; } = 8;

    internal TimeSpan Window { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Some large hosts cut what they give back to one length; data has many.</summary>
    internal int LengthsMin { get; init; } = 4;
}
