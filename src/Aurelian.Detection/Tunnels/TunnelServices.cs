namespace Aurelian.Detection;

/// <summary>
/// Names that only the client of a tunnelling service asks for, as of November 2026, from the services' own
/// documentation of what a firewall must let through. Not the names under which they show what they carry.
/// </summary>
internal static class TunnelServices
{
    private static readonly (string Service, string Name, bool Beneath)[] Names =
    [
        ("ngrok", "ngrok-agent.com", true), ("ngrok", "tunnel.ngrok.com", true), ("ngrok", "tunnel.us.ngrok.com", true),
        ("cloudflared", "argotunnel.com", true), ("cloudflared", "api.trycloudflare.com", false),
        ("localtunnel", "localtunnel.me", false), ("bore", "bore.pub", false), ("serveo", "serveo.net", false),
        ("localhost.run", "localhost.run", true), ("pinggy", "a.pinggy.io", false),
        ("dev tunnels", "tunnels.api.visualstudio.com", true),
    ];

    /// <summary>The service that a name belongs to; null for any other name.</summary>
    internal static string? Of(string name)
    {
        foreach ((string service, string known, bool beneath) in Names)
        {
            if (name.EndsWith(known, StringComparison.Ordinal) && (name.Length == known.Length
                || (beneath && name[^(known.Length + 1)] == '.')))
            {
                return service;
            }
        }

        return null;
    }
}
