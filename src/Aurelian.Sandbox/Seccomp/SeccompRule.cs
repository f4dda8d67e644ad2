namespace Aurelian.Sandbox;

/// <summary>As <c>enum scmp_compare</c>, with the names of the OCI specification.</summary>
internal enum Comparison
{
    NotEqual = 1,
    Equal = 4,
    MaskedEqual = 7,
}

/// <summary>
/// One condition on a system call's argument: <c>argument == value</c>, or <c>(argument &amp; mask) == value</c>.
/// </summary>
internal readonly record struct ArgumentTest(uint Index, Comparison Comparison, ulong Value, ulong Mask = 0);

/// <summary>
/// A system call that is allowed only where every test holds; several rules for one call are alternatives.
/// </summary>
internal sealed record ConditionalRule(string Syscall, params ArgumentTest[] Tests);
