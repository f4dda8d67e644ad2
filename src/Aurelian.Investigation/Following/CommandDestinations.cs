using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Aurelian.Protocols;

namespace Aurelian.Investigation.Following;

/// <summary>Where a command says that it goes: a name or an address, a port and how it is spoken to.</summary>
public readonly record struct Destination(string Host, int Port, string Protocol);

/// <summary>
/// The destinations that a command's text names: URLs, remotes of git and ssh, and the registries that package managers
/// ask unless told otherwise.
/// </summary>
/// <remarks>
/// Does not cover: what a script or a build decides while it runs. So a replay over texts is a lower bound of what a
/// rule would break.
/// </remarks>
public static partial class CommandDestinations
{
    private const int TextMax = 16_384;

    private static readonly (Regex Command, string[] Hosts, int Port, string Protocol)[] Registries =
    [
        (Pip(), ["pypi.org", "files.pythonhosted.org"], 443, "tls"),
        (Npm(), ["registry.npmjs.org"], 443, "tls"),
        (Cargo(), ["index.crates.io", "static.crates.io"], 443, "tls"),
        (Go(), ["proxy.golang.org", "sum.golang.org"], 443, "tls"),
        (Apt(), ["deb.debian.org"], 80, "http"),
        (Gem(), ["rubygems.org"], 443, "tls"),
    ];

    public static IReadOnlyList<Destination> Of(string? command)
    {
        if (string.IsNullOrEmpty(command))
        {
            return [];
        }

        string text = command.Length > TextMax ? command[..TextMax] : command;
        HashSet<Destination> found = [];
        foreach (Match match in Url().Matches(text))
        {
            string scheme = match.Groups["scheme"].Value.ToLowerInvariant();
            (int port, string protocol) = scheme switch
            {
                "https" or "wss" => (443, "tls"),
                "http" or "ws" => (80, "http"),
                "ssh" or "git+ssh" or "sftp" => (22, "ssh"),
                "git" => (9418, "tcp"),
                _ => (0, "tcp"),
            };
            Add(found, match.Groups["host"].Value, match.Groups["port"].Value, port, protocol);
        }

        foreach (Match match in Remote().Matches(text))
        {
            Add(found, match.Groups["host"].Value, "", 22, "ssh");
        }

        foreach ((Regex registry, string[] hosts, int port, string protocol) in Registries)
        {
            if (registry.IsMatch(text))
            {
                found.UnionWith(hosts.Select(host => new Destination(host, port, protocol)));
            }
        }

        return [.. found];
    }

    private static void Add(HashSet<Destination> found, string host, string port, int usual, string protocol)
    {
        int number = int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out int said)
            && said is > 0 and <= 65_535 ? said : usual;
        string? name = IPAddress.TryParse(host, out IPAddress? address) ? address.ToString()
            : HostNames.Normalise(host);
        bool local = name is null or "localhost" || (address is not null && IPAddress.IsLoopback(address));
        if (!local)
        {
            found.Add(new Destination(name!, number, protocol));
        }
    }

    [GeneratedRegex(@"\b(?<scheme>[a-z][a-z0-9+.-]{1,15})://(?:[^\s/@'""]{1,128}@)?(?<host>[A-Za-z0-9.-]{1,253})"
        + @"(?::(?<port>\d{1,5}))?", RegexOptions.IgnoreCase)]
    private static partial Regex Url();

    /// <summary><c>git@host:path</c>, <c>ssh … user@host</c>.</summary>
    [GeneratedRegex(@"(?<![/\w.@:-])[A-Za-z_][\w.-]{0,31}@"
        + @"(?<host>[A-Za-z0-9][A-Za-z0-9-]{0,62}(?:\.[A-Za-z0-9-]{1,63})+)")]
    private static partial Regex Remote();

    [GeneratedRegex(@"\b(?:pip3?|uv(?:\s+pip)?|poetry)\s+(?:install|download|add|sync)\b")]
    private static partial Regex Pip();

    [GeneratedRegex(@"\b(?:npm\s+(?:ci|i|install|add)|yarn\s+(?:add|install)|pnpm\s+(?:add|i|install)|npx\s)")]
    private static partial Regex Npm();

    [GeneratedRegex(@"\bcargo\s+(?:build|fetch|install|add|update|test|run)\b")]
    private static partial Regex Cargo();

    [GeneratedRegex(@"\bgo\s+(?:get|install|mod\s+(?:download|tidy)|build|test)\b")]
    private static partial Regex Go();

    [GeneratedRegex(@"\bapt(?:-get)?\s+(?:-\S+\s+)*(?:install|update|upgrade)\b")]
    private static partial Regex Apt();

    [GeneratedRegex(@"\b(?:gem|bundle)\s+install\b")]
    private static partial Regex Gem();
}

/// <summary>Each command's text is read once: traces say the same a thousand times.</summary>
internal sealed class DestinationBook
{
    private readonly Dictionary<string, IReadOnlyList<Destination>> _read = [];

    internal IReadOnlyList<Destination> Of(string? command)
    {
        if (command is null)
        {
            return [];
        }

        if (!_read.TryGetValue(command, out IReadOnlyList<Destination>? known))
        {
            _read[command] = known = CommandDestinations.Of(command);
        }

        return known;
    }
}
