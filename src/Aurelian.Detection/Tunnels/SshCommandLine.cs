using System.Collections.Immutable;

namespace Aurelian.Detection;

/// <summary>What an SSH client's argv asks for, in any spelling that OpenSSH's getopt understands.</summary>
internal sealed record SshCommandLine
{
    private const string WithArgument = "BbcDEeFIiJLlmOoPpQRSWw";

    private static readonly string[] Clients = ["ssh", "autossh", "dbclient", "plink", "slogin", "hpnssh"];
    /// <summary>Of <c>GIT_SSH_COMMAND</c>: whose key, which host, how patiently; nothing forwards or runs.</summary>
    private static readonly string[] HarmlessSettings =
    [
        "stricthostkeychecking", "userknownhostsfile", "globalknownhostsfile", "batchmode", "connecttimeout",
        "identitiesonly", "identityfile", "loglevel", "serveraliveinterval", "serveralivecountmax", "port", "user",
        "compression", "preferredauthentications", "passwordauthentication", "addressfamily",
    ];

    private static readonly string[] GitServices = ["git-upload-pack", "git-receive-pack", "git-upload-archive"];

    internal bool Reverse { get; private set; }

    internal bool Forward { get; private set; }

    /// <summary>Every option is one that git passes, or that says with which key and how patiently.</summary>
    internal bool OnlyGitOptions { get; private set; } = true;

    internal string? Destination { get; private set; }

    internal ImmutableArray<string> Command { get; private set; } = [];

    /// <summary>The whole argv is what git passes to its transport, and forwards nothing.</summary>
    internal bool IsGit => OnlyGitOptions && !Reverse && !Forward && Destination is not null && Command.Length > 0
        && Array.Exists(GitServices, service =>
            Command[0] == service || Command[0].StartsWith($"{service} '", StringComparison.Ordinal));

    internal static bool IsClient(string executable, ImmutableArray<string> arguments) =>
        Clients.Contains(BaseName(executable)) || (arguments.Length > 0 && Clients.Contains(BaseName(arguments[0])));

    internal static SshCommandLine Parse(ImmutableArray<string> arguments)
    {
        SshCommandLine parsed = new();
        bool autossh = arguments.Length > 0 && BaseName(arguments[0]) == "autossh";
        for (int index = 1; index < arguments.Length; index++)
        {
            string argument = arguments[index];
            if (argument == "--")
            {
                parsed.Rest(arguments, index + 1);
                break;
            }

            if (argument.Length < 2 || argument[0] != '-')
            {
                // Options may follow the destination too; the command begins at the next word that is none.
                if (parsed.Destination is not null)
                {
                    parsed.Command = arguments[index..];
                    break;
                }

                parsed.Destination = argument;
                continue;
            }

            index = parsed.Cluster(arguments, index, autossh);
        }

        return parsed;
    }

    /// <summary>Reads <c>-NfR8080:…</c>: flags, then at most one option that takes the rest or the next word.</summary>
    private int Cluster(ImmutableArray<string> arguments, int index, bool autossh)
    {
        string cluster = arguments[index];
        for (int at = 1; at < cluster.Length; at++)
        {
            char option = cluster[at];
            if (!WithArgument.Contains(option, StringComparison.Ordinal) && !(autossh && option == 'M'))
            {
                OnlyGitOptions &= option is 'q' or 'v' or 'x' or 'T' or 'a' or 'k' or '4' or '6';
                continue;
            }

            bool inside = at + 1 < cluster.Length;
            string value = inside ? cluster[(at + 1)..] : index + 1 < arguments.Length ? arguments[index + 1] : "";
            Option(option, value);
            return inside ? index : index + 1;
        }

        return index;
    }

    private void Option(char option, string value)
    {
        Reverse |= option == 'R';
        Forward |= option is 'L' or 'D' or 'w' or 'W';
        bool git = option is 'p' or '4' or '6' or 'i' or 'l';
        if (option == 'o')
        {
            string name = value.Split([' ', '=', '\t'], 2, StringSplitOptions.TrimEntries)[0].ToLowerInvariant();
            Reverse |= name == "remoteforward";
            Forward |= name is "localforward" or "dynamicforward" or "tunnel" or "proxycommand";
            git = value is "SendEnv=GIT_PROTOCOL" || HarmlessSettings.Contains(name);
        }

        OnlyGitOptions &= git;
    }

    private void Rest(ImmutableArray<string> arguments, int index)
    {
        if (Destination is null && index < arguments.Length)
        {
            Destination = arguments[index++];
        }

        Command = arguments[Math.Min(index, arguments.Length)..];
    }

    internal static string BaseName(string path) => path[(path.LastIndexOf('/') + 1)..];
}
