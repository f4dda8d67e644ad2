namespace Aurelian.Detection;

/// <summary>Files that hold keys to something else, by name.</summary>
internal static class SecretFiles
{
    private static readonly string[] Endings =
    [
        "/.aws/credentials", "/.netrc", "/.git-credentials", "/.docker/config.json", "/.kube/config", "/.npmrc",
        "/.pypirc", "/.pgpass", "/.vault-token", "/.config/gh/hosts.yml", "/application_default_credentials.json",
        "/.azure/accesstokens.json", "/.azure/msal_token_cache.json", "/.config/gcloud/credentials.db",
        "/serviceaccount/token", "/.huggingface/token", "/.cache/huggingface/token", "/wallet.dat",
        "/id_rsa", "/id_ed25519", "/id_ecdsa", "/id_dsa",
    ];

    /// <summary>What of a word names such a file; null when nothing.</summary>
    internal static string? In(string word)
    {
        if (word.Contains(' '))
        {
            return null; // another program's command line, or prose
        }

        // -d @file, --data=@file, file=@~/.netrc, host:path
        string path = word[(word.AsSpan().LastIndexOfAny("@=:<") + 1)..];
        string rooted = path.StartsWith('/') ? path : "/" + path.TrimStart('~');
        rooted = rooted.Replace("//", "/", StringComparison.Ordinal).ToLowerInvariant();
        bool secret = rooted is "/etc/shadow" or "/etc/gshadow" or "/etc/sudoers"
            || Array.Exists(Endings, ending => rooted.EndsWith(ending, StringComparison.Ordinal))
            || (rooted.StartsWith("/proc/", StringComparison.Ordinal)
                && rooted.EndsWith("/environ", StringComparison.Ordinal)
                && !rooted.Equals("/proc/self/environ", StringComparison.Ordinal));
        return secret ? path : null;
    }
}
