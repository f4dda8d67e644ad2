namespace Aurelian.Firewall;

/// <summary>One mistake in a policy file.</summary>
/// <param name="Line">From 1; 0 where no line is to blame: the file is missing.</param>
public sealed record PolicyError(string File, int Line, string Setting, string Message)
{
    public override string ToString() => string.Join(": ", new[]
    {
        Line > 0 ? $"{File}:{Line}" : File, Setting, Message,
    }.Where(part => part.Length > 0));
}
