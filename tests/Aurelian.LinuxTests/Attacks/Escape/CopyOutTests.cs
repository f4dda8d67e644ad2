using System.Text;
using Aurelian.LinuxTests.Sandbox;
using Aurelian.Sandbox;

namespace Aurelian.LinuxTests.Attacks.Escape;

/// <summary>What a sandbox leaves for whoever brings its files out: links, special files, names, sizes.</summary>
public sealed class CopyOutTests(EscapeFixture fixture) : IClassFixture<EscapeFixture>, IDisposable
{
    private readonly string _host = Directory.CreateTempSubdirectory("aurelian-attack-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ISandboxFiles Files => fixture.Sandbox.Files;

    public void Dispose() => FolderRemoval.Remove(_host);

    [Fact]
    public async Task A_link_that_turns_into_a_folder_between_two_copies_leads_nowhere()
    {
        string precious = Directory.CreateDirectory(Path.Combine(_host, "precious")).FullName;
        string target = Path.Combine(_host, "out");
        await fixture.TryAsync(
            $"mkdir -p /workspace/turn; cd /workspace/turn; ln -s {precious} d; ln -s {precious}/f f");
        await Files.DownloadAsync("/workspace/turn", target, Token);

        await fixture.TryAsync("cd /workspace/turn; rm d f; mkdir d; echo evil >d/planted; echo evil >f");
        await Files.DownloadAsync("/workspace/turn", target, Token);

        Assert.Empty(Directory.GetFileSystemEntries(precious));
        Assert.Equal("evil\n", await File.ReadAllTextAsync(Path.Combine(target, "f"), Token));
        Assert.Null(new FileInfo(Path.Combine(target, "f")).LinkTarget);
    }

    [Fact]
    public async Task Links_swapped_while_they_are_copied_bring_nothing_of_the_host_out_or_in()
    {
        string precious = Directory.CreateDirectory(Path.Combine(_host, "precious")).FullName;
        await File.WriteAllTextAsync(Path.Combine(precious, "secret"), "host secret", Token);
        await fixture.TryAsync($$"""
            mkdir -p /workspace/race; cd /workspace/race
            for i in $(seq 100); do mkdir d$i; echo evil >d$i/planted; done
            python3 - >/dev/null 2>&1 <<'X' &
            import os, time
            end = time.monotonic() + 2
            while time.monotonic() < end:
                for i in range(1, 101):
                    try:
                        os.rename(f"d{i}", f"e{i}"); os.symlink("{{precious}}", f"d{i}")
                        os.unlink(f"d{i}"); os.rename(f"e{i}", f"d{i}")
                    except OSError: pass
            X
            sleep 0.2
            """);

        for (int round = 0; round < 5; round++)
        {
            string target = Path.Combine(_host, $"out{round}");
            await Files.DownloadAsync("/workspace/race", target, Token);
            Assert.Empty(Directory.EnumerateFiles(target, "secret", new EnumerationOptions
            {
                RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint,
            }));
        }

        Assert.Equal([Path.Combine(precious, "secret")], Directory.GetFileSystemEntries(precious));
    }

    [Fact]
    public async Task Special_files_are_left_out_and_odd_names_are_not()
    {
        (_, ExecResult made) = await fixture.TryAsync("""
            mkdir -p /workspace/odd; cd /workspace/odd
            python3 - <<'X'
            import os, socket
            for name in (b"invalid \xff\xfe", b"new\nline", b"\x1b[2Jescape", b"--option", b" ", "ümlaut".encode(),
                         b"x" * 255):
                open(name, "w").write("kept")
            os.mkfifo("pipe")
            socket.socket(socket.AF_UNIX).bind("socket")
            os.symlink(b"\xff/../../../../etc/shadow", "odd link")
            os.symlink("self", "self")
            open("sparse", "w").truncate(200 << 20)
            os.mkdir("locked"); os.chmod("locked", 0)
            X
            """);
        Assert.Equal(0, made.ExitCode);
        string target = Path.Combine(_host, "out");

        FileOutcome outcome = await Files.DownloadAsync("/workspace/odd", target, Token);

        // A folder that even its owner may not look into is said to be missing.
        Assert.Equal(FileOutcome.NotAllowed, outcome);
        using System.Diagnostics.Process list = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("find")
            {
                ArgumentList = { target, "-mindepth", "1", "-printf", "%y %f %b\\0" }, RedirectStandardOutput = true,
                StandardOutputEncoding = Encoding.Latin1, Environment = { ["LC_ALL"] = "C" },
            })!;
        string[] found = [.. (await list.StandardOutput.ReadToEndAsync(Token)).TrimEnd('\0').Split('\0').Order(
            StringComparer.Ordinal)];
        Assert.Equal(
            ["f \e[2Jescape 8", "f   8", "f --option 8", "f invalid \u00ff\u00fe 8", "f new\nline 8", "f sparse 0",
             $"f {new string('x', 255)} 8", "f Ã¼mlaut 8", "l odd link", "l self"],
            found.Select(line => line[0] == 'l' ? line[..line.LastIndexOf(' ')] : line));
    }

    [Fact]
    public async Task A_patch_that_cannot_be_whole_says_so()
    {
        string original = Directory.CreateDirectory(Path.Combine(_host, "original")).FullName;
        await fixture.TryAsync("mkdir -p /workspace/huge; cd /workspace/huge; echo x >a; truncate -s 3T z");

        (FileOutcome outcome, _) = await Files.DiffAsync("/workspace/huge", original, Token);
        await fixture.TryAsync("cd /workspace/huge; rm z; echo '* -diff ident' >.gitattributes; echo '$Id: evil $' >c");
        (FileOutcome whole, string patch) = await Files.DiffAsync("/workspace/huge", original, Token);

        Assert.Equal(FileOutcome.TooLarge, outcome);
        Assert.Equal(FileOutcome.Done, whole);
        Assert.Contains("evil", patch, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whatever_lies_in_the_upper_layer_the_snapshot_is_made()
    {
        await fixture.TryAsync("""
            mkdir -p ~/snap; cd ~/snap; rm /etc/hostname
            python3 - <<'X'
            import os, socket
            open(b"invalid \xff", "w").write("kept")
            os.mkfifo("pipe"); socket.socket(socket.AF_UNIX).bind("socket")
            open("endless", "w").truncate(1 << 50)
            os.symlink("/etc/shadow", "link")
            open("locked", "w").write("kept"); os.chmod("locked", 0)
            for i in range(200): os.mkdir("deep"); os.chdir("deep")
            X
            """);
        string tar = Path.Combine(_host, "upper.tar");

        FileOutcome outcome = await Files.SnapshotAsync(tar, 256 << 20, Token);

        Assert.Equal(FileOutcome.Done, outcome);
        Assert.InRange(new FileInfo(tar).Length, 1, 64 << 20);
        using System.Diagnostics.Process list = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("tar")
            {
                ArgumentList = { "--list", "--verbose", "--file", tar }, RedirectStandardOutput = true,
                Environment = { ["LC_ALL"] = "C" },
            })!;
        string said = await list.StandardOutput.ReadToEndAsync(Token);
        Assert.Contains("home/agent/snap/invalid \\377", said, StringComparison.Ordinal);
        Assert.Contains("home/agent/snap/locked", said, StringComparison.Ordinal);
        Assert.Contains("snap/link -> /etc/shadow", said, StringComparison.Ordinal);
        Assert.Contains($" {1L << 50} ", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Paths_that_are_none_are_refused_at_once()
    {
        string endless = string.Concat(Enumerable.Repeat("/a", 500_000));
        foreach (string path in new[] { "", "relative", "/workspace/a\0/../../etc/x", endless })
        {
            Assert.Equal(FileOutcome.NotFound, (await Files.ReadAsync(path, 100, Token)).Outcome);
            Assert.Equal(FileOutcome.NotFound, await Files.WriteAsync(path, "x"u8.ToArray(), SandboxUser.Agent, Token));
        }
    }

    [Fact]
    public async Task The_file_tool_has_no_right_that_the_agent_has_not()
    {
        // Root's groups would open it; so would root's own user.
        string file = $"{fixture.Seen}/workspace/of-root";
        await File.WriteAllTextAsync(file, "for root's group", Token);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.GroupRead);

        Assert.Equal(FileOutcome.NotAllowed, (await Files.ReadAsync("/workspace/of-root", 100, Token)).Outcome);
    }

    [Fact]
    public async Task What_lies_in_a_folder_to_bring_in_cannot_hold_it_up()
    {
        string folder = Directory.CreateDirectory(Path.Combine(_host, "work")).FullName;
        using System.Diagnostics.Process make =
            System.Diagnostics.Process.Start("mkfifo", Path.Combine(folder, "pipe"));
        await make.WaitForExitAsync(Token);
        using System.Net.Sockets.Socket socket = new(
            System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, 0);
        socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(Path.Combine(folder, "socket")));
        await File.WriteAllTextAsync(Path.Combine(folder, "plain"), "in", Token);
        File.CreateSymbolicLink(Path.Combine(folder, "link"), "/etc/shadow");

        FileOutcome outcome = await Files.UploadAsync(folder, "/workspace/in", SandboxUser.Agent, Token);

        (_, ExecResult result) = await fixture.TryAsync("cd /workspace/in; ls; cat plain; readlink link");
        Assert.Equal(FileOutcome.Done, outcome);
        Assert.Equal("link\nplain\nin/etc/shadow\n", result.Text());
    }
}
