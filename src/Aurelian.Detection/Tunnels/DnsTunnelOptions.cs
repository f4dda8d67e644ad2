namespace Aurelian.Detection;

internal sealed record DnsTunnelOptions
{
    /// <summary>Two halves: what lies between one and two of them ago is dropped together.</summary>
    internal TimeSpan HalfWindow { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>0.7 bytes a second, the slowest that ibHH (arXiv 2307.02614) tells from honest names, for a
    /// window.</summary>
    internal double SuspectBytes { get; init; } = 420;

    /// <summary>Four times that: what honest builds do not ask of one domain in ten minutes.</summary>
    internal double CertainBytes { get; init; } = 1680;

    /// <summary>One long name carries much and is no tunnel.</summary>
    internal int NamesMin { get; init; } = 16;

    /// <summary>Twelve hexadecimal digits. Words and numbers that people give to hosts carry less.</summary>
    internal double BytesPerNameMin { get; init; } = 6;
}
