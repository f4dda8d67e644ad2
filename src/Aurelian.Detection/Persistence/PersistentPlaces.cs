using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>Places from which something is run again later, by path.</summary>
internal static class PersistentPlaces
{
    private static readonly string[] Beneath =
    [
        "/etc/cron.d/", "/etc/cron.hourly/", "/etc/cron.daily/", "/etc/cron.weekly/", "/etc/cron.monthly/",
        "/var/spool/cron/", "/etc/systemd/system/", "/etc/systemd/user/", "/usr/lib/systemd/system/",
        "/lib/systemd/system/", "/etc/init.d/", "/etc/xdg/autostart/",
    ];

    private static readonly string[] Within =
        ["/.config/systemd/user/", "/.config/autostart/", "/.local/share/systemd/user/"];

    private static readonly string[] Exact = ["/etc/crontab", "/etc/rc.local", "/etc/ld.so.preload", "/etc/anacrontab"];

    private static readonly string[] Profiles =
    [
        "/.bashrc", "/.profile", "/.bash_profile", "/.bash_login", "/.zshrc", "/.zprofile", "/.zshenv",
        "/etc/profile", "/etc/bash.bashrc", "/etc/environment",
    ];

    private static readonly string[] AgentHooks = ["/.claude/settings.json", "/.cursor/hooks.json"];

    /// <summary>
    /// Installers of tools write profiles and hooks too (low); a package's own scripts write the rest, nobody else
    /// does (medium).
    /// </summary>
    internal static (Severity Severity, string What)? Judge(string path) =>
        path.EndsWith("/.ssh/authorized_keys", StringComparison.Ordinal)
            || path.EndsWith("/.ssh/authorized_keys2", StringComparison.Ordinal)
            ? (Severity.Medium, "keys that may log in")
        : Exact.Contains(path) || Starts(path, Beneath) || Array.Exists(Within, each =>
            path.Contains(each, StringComparison.Ordinal)) ? (Severity.Medium, "what is run by the machine itself")
        : Ends(path, Profiles) || path.StartsWith("/etc/profile.d/", StringComparison.Ordinal)
            ? (Severity.Low, "what every shell runs")
        : path.Contains("/.git/hooks/", StringComparison.Ordinal)
            && !path.EndsWith(".sample", StringComparison.Ordinal) ? (Severity.Low, "what git runs")
        : Ends(path, AgentHooks) ? (Severity.Low, "what an agent's tools run")
        : null;

    private static bool Starts(string path, string[] places) =>
        Array.Exists(places, each => path.StartsWith(each, StringComparison.Ordinal));

    private static bool Ends(string path, string[] places) =>
        Array.Exists(places, each => path.EndsWith(each, StringComparison.Ordinal));
}
