using System.Collections.Concurrent;
using System.Text;
using Aurelian.Episodes;
using Aurelian.Events;
using Aurelian.LinuxTests.Sandbox;
using Aurelian.Store;

namespace Aurelian.LinuxTests.Faults;

/// <summary>
/// A run of one command, opened part by part as a real one is, so that a test can break something in its middle.
/// </summary>
internal sealed class FaultRun : IAsyncDisposable
{
    /// <summary>May be reached; everything else may not.</summary>
    internal const string Mirror = "mirror.packages.example";

    internal const string AllowMirror = $"[[allow]]\nname = \"{Mirror}\"\nports = [80]\nprotocol = \"http\"\n";

    /// <summary>
    /// Opens an allowed connection and says so, waits for its end, says how that came, and tries to open another.
    /// </summary>
    internal const string HoldsAConnection = $$"""
        python3 - <<'X'
        import socket
        request = b"GET / HTTP/1.1\r\nHost: {{Mirror}}\r\n\r\n"
        s = socket.create_connection(("{{Mirror}}", 80), timeout=20)
        s.sendall(request)
        print("open", s.recv(4), flush=True)
        try:
            while s.recv(65536): s.sendall(request)
            print("closed", flush=True)
        except OSError as e: print("lost", type(e).__name__, flush=True)
        try:
            t = socket.create_connection(("{{Mirror}}", 80), timeout=3)
            t.sendall(request)
            print("second", t.recv(4) or "nothing", flush=True)
        except OSError as e: print("second", "refused", flush=True)
        X
        """;

    private readonly Watcher _watcher;
    private readonly RunPlan _plan;

    private FaultRun(RunPlan plan, RunFolder folder, Watcher watcher, Stage stage)
    {
        _plan = plan;
        _watcher = watcher;
        Folder = folder;
        Stage = stage;
        Supply = new SandboxSupply(stage, plan);
    }

    internal RunFolder Folder { get; }

    internal Stage Stage { get; }

    internal SandboxSupply Supply { get; }

    internal string PolicyFile => _plan.Config.PolicyFile!;

    /// <summary>What the command printed.</summary>
    internal string Output => _watcher.Output;

    /// <summary>What a person was warned of.</summary>
    internal string Warnings => string.Join('\n', _watcher.Warnings);

    internal static async Task<FaultRun> OpenAsync(string command, string policy = AllowMirror)
    {
        string runs = Directory.CreateTempSubdirectory("aurelian-runs-").FullName;
        string file = Path.Combine(runs, "policy.toml");
        await File.WriteAllTextAsync(file, policy, TestContext.Current.CancellationToken);
        (RunPlan? plan, IReadOnlyList<string> mistakes) = RunPlanner.Plan(new RunConfig
        {
            RunsFolder = runs,
            PolicyFile = file,
            Upstream = "simulated",
            Timeout = TimeSpan.FromSeconds(60),
            Episodes = [new EpisodeConfig { Command = ["bash", "-c", command] }],
        });
        Assert.Empty(mistakes);
        RunFolder folder = RunFolder.Create(runs, TimeProvider.System);
        Watcher watcher = new();
        Stage stage = await Stage.OpenAsync(
            plan!, folder, watcher, TimeProvider.System, TestContext.Current.CancellationToken);
        return new FaultRun(plan!, folder, watcher, stage);
    }

    /// <summary>Runs the episode; the fault comes as soon as its command has printed <paramref name="when"/>.</summary>
    internal async Task<Verdict> RunAsync(string when, Func<Task> fault)
    {
        Task<Verdict> running = new EpisodeRunner(Stage, _plan, Supply, _watcher)
            .RunAsync(_plan.Episodes[0], TestContext.Current.CancellationToken);
        await SaidAsync(when);
        await fault();
        return await running;
    }

    internal async Task SaidAsync(string text)
    {
        await Eventually.Async(() => Output.Contains(text, StringComparison.Ordinal), 30);
        Assert.Contains(text, Output, StringComparison.Ordinal);
    }

    internal async Task WarnedAsync(string text)
    {
        await Eventually.Async(() => Warnings.Contains(text, StringComparison.Ordinal));
        Assert.Contains(text, Warnings, StringComparison.Ordinal);
    }

    internal SourceCoverage Coverage(string source) => Stage.Coverage().Single(each => each.Name == source);

    public async ValueTask DisposeAsync()
    {
        IReadOnlyList<Exception> problems = await Stage.CloseAsync();
        Directory.Delete(Path.GetDirectoryName(Folder.Path)!, recursive: true);
        Assert.Empty(problems);
        Assert.False(Directory.Exists(Stage.Host.Cgroup2Root));
    }

    private sealed class Watcher : IRunObserver
    {
        private readonly StringBuilder _output = new();

        internal ConcurrentQueue<string> Warnings { get; } = new();

        internal string Output
        {
            get
            {
                lock (_output)
                {
                    return _output.ToString();
                }
            }
        }

        public void Preparing(string what)
        {
        }

        public void Warned(string what) => Warnings.Enqueue(what);

        public void EpisodeStarted(EpisodeId episode, string name, string agent)
        {
        }

        public void CallStarted(EpisodeId episode, int? number, string command)
        {
        }

        public void IncidentFound(EpisodeId episode, Finding finding)
        {
        }

        public void EpisodeEnded(EpisodeId episode, Verdict verdict, double? reward)
        {
        }

        public void OutputCame(bool isError, ReadOnlyMemory<byte> bytes)
        {
            lock (_output)
            {
                _output.Append(Encoding.UTF8.GetString(bytes.Span));
            }
        }
    }
}
