using System.Text;

namespace Aurelian.Protocols;

/// <summary>Host names in the one form in which they are compared.</summary>
public static class HostNames
{
    /// <summary>Lower case without a trailing dot; null for anything that is no plain host name.</summary>
    public static string? Normalise(string name) =>
        name.Length <= 254 ? Text.HostName(Encoding.UTF8.GetBytes(name)) : null;

    /// <summary>
    /// Whether a rule's name covers a host: equal, or <c>*.example.org</c> for exactly what lies below it.
    /// </summary>
    public static bool Matches(string rule, string name) => rule.StartsWith("*.", StringComparison.Ordinal)
        ? name.Length > rule.Length - 1 && name.EndsWith(rule.AsSpan(1), StringComparison.Ordinal)
        : rule == name;
}
