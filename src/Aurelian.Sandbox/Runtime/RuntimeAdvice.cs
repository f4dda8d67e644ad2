using System.Diagnostics;

namespace Aurelian.Sandbox;

/// <summary>
/// Whether the installed runc has a known escape, judged by the package's version, since distributions port fixes back
/// without changing the upstream number. What is not in the table is unknown, and said to be.
/// </summary>
/// <remarks>
/// Fixed by: CVE-2024-21626 (leaked working directory descriptor): runc 1.1.12 and the back-ports below.
/// CVE-2025-31133, -52565 and -52881 (masked paths): runc 1.2.8, 1.3.3, 1.4.0-rc.3.
/// </remarks>
public static class RuntimeAdvice
{
    /// <summary>By what is special in a release's version numbers: the first that has the fix.</summary>
    private static readonly (string Mark, string Fixed)[] LeakPortedBack =
    [
        ("+deb12u", "1.1.5+ds1-1+deb12u1"), ("+deb11u", "1.0.0~rc93+ds1-5+deb11u3"),
        ("ubuntu1~22.04.", "1.1.7-0ubuntu1~22.04.2"), ("ubuntu1~20.04.", "1.1.7-0ubuntu1~20.04.2"),
        ("-0ubuntu2.", "1.1.7-0ubuntu2.2"),
    ];

    /// <summary>True: no known escape; false: a known one; null: unknown.</summary>
    public static (bool? Safe, string Text) OfInstalled()
    {
        string? version = PackageVersion("runc");
        return version is null
            ? (null, "unknown: runc was not installed as a package of this distribution")
            : Judge(version);
    }

    /// <param name="version">As of <c>dpkg-query</c>.</param>
    public static (bool? Safe, string Text) Judge(string version)
    {
        string upstream = version.Split('-')[0].Split('+')[0];
        if (DebianVersion.Compare(upstream, "1.3.3") >= 0
            || (upstream.StartsWith("1.2.", StringComparison.Ordinal) && DebianVersion.Compare(upstream, "1.2.8") >= 0))
        {
            return (true, $"{version}: no known escape");
        }

        bool leakFixed = DebianVersion.Compare(upstream, "1.1.12") >= 0
            || LeakPortedBack.Any(each => version.Contains(each.Mark, StringComparison.Ordinal)
                && DebianVersion.Compare(version, each.Fixed) >= 0);
        if (!leakFixed)
        {
            return (false, $"{version}: CVE-2024-21626 lets a container out; upgrade the package");
        }

        // The later fixes were ported back under numbers that this table does not know.
        return (null, $"{version}: CVE-2024-21626 is fixed; whether CVE-2025-31133 and its kin are is unknown here");
    }

    private static string? PackageVersion(string package)
    {
        string? query = Executables.Find("dpkg-query");
        if (query is null)
        {
            return null;
        }

        using Process? process = Process.Start(new ProcessStartInfo(query)
        {
            ArgumentList = { "-W", "-f", "${Version}", package },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        });
        string version = process?.StandardOutput.ReadToEnd().Trim() ?? "";
        process?.WaitForExit();
        return process?.ExitCode == 0 && version.Length > 0 ? version : null;
    }
}
