namespace Aurelian.Sandbox;

/// <summary>
/// What every sandbox has whatever its root is made of: users, a home, a working directory, a nameserver.
/// </summary>
internal static class Skeleton
{
    internal const string Home = "/home/agent";
    internal const string WorkingDirectory = "/workspace";
    internal const string LogsDirectory = "/logs";

    /// <summary>Our resolver, the same in every sandbox (docs/ARCHITECTURE.md, Addresses).</summary>
    internal const string Nameserver = "100.127.255.53";

    private static readonly string[] Folders =
        ["dev", "proc", "sys", "run", "tmp", "var/tmp", "var/log", "var/cache", "var/lib", "root", "home/agent",
         "workspace", "logs", "opt", "srv", "mnt", "media", ".aurelian"];

    /// <summary>Writes what does not depend on the sandbox.</summary>
    internal static void Write(string root)
    {
        foreach (string folder in Folders)
        {
            Directory.CreateDirectory(Path.Combine(root, folder));
        }

        const UnixFileMode everybody = (UnixFileMode)0x1FF; // 0777
        File.SetUnixFileMode(Path.Combine(root, "tmp"), everybody | UnixFileMode.StickyBit);
        File.SetUnixFileMode(Path.Combine(root, "var/tmp"), everybody | UnixFileMode.StickyBit);
        File.SetUnixFileMode(Path.Combine(root, "root"),
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string etc = Path.Combine(root, "etc");
        Directory.CreateDirectory(etc);
        WriteFile(etc, "resolv.conf", $"nameserver {Nameserver}\noptions timeout:2 attempts:2\n");
        WriteFile(etc, "hostname", "sandbox\n");
        WriteFile(etc, "hosts", "127.0.0.1 localhost sandbox\n::1 localhost\n");
        WriteFile(etc, "nsswitch.conf", "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\n");
        WriteFile(etc, "profile", "export PATH=" + SandboxEnvironment.Path + "\n");
        WriteFile(etc, "shells", "/bin/sh\n/bin/bash\n");
        WriteFile(etc, "machine-id", "");
        WriteFile(Path.Combine(root, ".aurelian"), "session", ShellSession.Script);
    }

    /// <summary>Users and folders of one sandbox, into its upper layer.</summary>
    internal static void WriteUsers(string upper, UserBlock users)
    {
        string etc = Path.Combine(upper, "etc");
        Directory.CreateDirectory(etc);
        WriteFile(etc, "passwd", $"""
            root:x:0:0:root:/root:/usr/sbin/nologin
            keeper:x:{users.Keeper}:{users.Keeper}:pid 1:/:/usr/sbin/nologin
            agent:x:{users.Agent}:{users.Agent}:agent:{Home}:/bin/bash
            grader:x:{users.Grader}:{users.Grader}:grader:/tmp:/bin/bash
            nobody:x:65534:65534:nobody:/:/usr/sbin/nologin

            """);
        WriteFile(etc, "group", $"""
            root:x:0:
            keeper:x:{users.Keeper}:
            agent:x:{users.Agent}:
            grader:x:{users.Grader}:
            nogroup:x:65534:

            """);
        OwnFolder(Path.Combine(upper, "home/agent"), users.Agent);
        OwnFolder(upper + WorkingDirectory, users.Agent);
        OwnFolder(upper + LogsDirectory, users.Grader);
    }

    internal static void OwnFolder(string folder, uint user)
    {
        Directory.CreateDirectory(folder);
        _ = Native.ChangeOwner(folder, user, user);
    }

    private static void WriteFile(string folder, string name, string text)
    {
        string file = Path.Combine(folder, name);
        File.Delete(file);
        File.WriteAllText(file, text);
        File.SetUnixFileMode(file, (UnixFileMode)0x1A4); // 0644
    }
}
