using Aurelian.Investigation.Explaining;

namespace Aurelian.Investigation;

public static class CasePage
{
    public static void Write(SolvedCase solved, TextWriter writer) { ArgumentNullException.ThrowIfNull(solved); ArgumentNullException.ThrowIfNull(writer); }
}
public static class CaseVerdicts
{
    public static void Write(SolvedCase solved, Stream stream) { ArgumentNullException.ThrowIfNull(solved); }
}
public static class ProposedRules
{
    public static IReadOnlyList<string> Write(SolvedCase solved, string folder) => [];
}
