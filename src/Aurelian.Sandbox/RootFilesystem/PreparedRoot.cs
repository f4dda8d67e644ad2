namespace Aurelian.Sandbox;

/// <summary>A root filesystem ready to be layered under any number of sandboxes.</summary>
/// <param name="Lowers">Read-only layers, the uppermost first.</param>
/// <param name="Binds">Host folders shown read-only at the same path.</param>
/// <param name="Digest">What it is made of, as <c>sha256:…</c>.</param>
internal sealed record PreparedRoot(IReadOnlyList<string> Lowers, IReadOnlyList<string> Binds, string Digest);
