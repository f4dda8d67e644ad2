using Aurelian.Events;
using Aurelian.Firewall;
using Aurelian.LinuxTests.Firewall;
using Aurelian.LinuxTests.Sandbox;
using Aurelian.LinuxTests.Simulation;
using Aurelian.Sandbox;
using Aurelian.Sensors;

namespace Aurelian.LinuxTests.Attacks.Egress;

/// <summary>
/// Two real sandboxes behind a real gateway, with the kernel sensor that names calls, and an upstream of the test's own
/// that keeps what reached it. Each attempt is a tool call of the first sandbox. One for all the classes whose tests
/// leave its policy as it is; the others have one of their own.
/// </summary>
public sealed class EgressFixture : IAsyncLifetime
{
    internal const string Policy = """
        [[allow]]
        name = "mirror.example"
        ports = [80]
        protocol = "http"
        [[allow]]
        name = "secure.example"
        ports = [443]
        protocol = "tls"
        [[allow]]
        name = "small.example"
        ports = [9000]
        protocol = "tcp"
        bytes_max = 1000
        [[allow]]
        name = "*.wild.example"
        ports = [80]
        protocol = "http"
        names_max = 4
        [[allow]]
        name = "*.rebind.example"
        ports = [80]
        protocol = "tcp"
        """;

    private readonly SandboxFixture _sandboxes = new();
    private readonly KernelSensor _sensor;
    private int _calls;

    public EgressFixture()
    {
        Gateway = Gateway.Start(new SplitUpstream(Outside, Far), Sink, TimeProvider.System);
        Slots = NetworkSlotPool.Start(Gateway.Namespace, 2, 8);
        _sensor = KernelSensor.Start(
            NativeFolder.Find(), _sandboxes.Host.Cgroup2Root, _sandboxes.Directory, Sink, TimeProvider.System);
        Gateway.Owner = _sensor;
    }

    public RecordingSink Sink => _sandboxes.Sink;

    public OutsideServer Outside { get; } = new();

    /// <summary>Whoever answers for <c>*.rebind.example</c>, and where those answers lead.</summary>
    internal FarSide Far { get; } = new();

    public Gateway Gateway { get; }

    public NetworkSlotPool Slots { get; }

    /// <summary>Whose calls the attempts are.</summary>
    public ISandbox Sandbox { get; private set; } = null!;

    /// <summary>Its neighbour, under the same policy.</summary>
    public ISandbox Other { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Sandbox = await AdmitAsync(Policy);
        Other = await AdmitAsync(Policy);
    }

    public async ValueTask DisposeAsync()
    {
        await Sandbox.DisposeAsync();
        await Other.DisposeAsync();
        await Gateway.DisposeAsync();
        Slots.Dispose();
        _sensor.Dispose();
        await _sandboxes.DisposeAsync();
        Outside.Dispose();
        Far.Dispose();
    }

    public async Task<ISandbox> CreateAsync()
    {
        ISandbox sandbox = await _sandboxes.CreateAsync(slot: Slots.Acquire());
        await sandbox.Files.UploadAsync(
            Path.Combine(Programs.Folder, "egress"), sandbox.WorkingDirectory, SandboxUser.Agent,
            TestContext.Current.CancellationToken);
        return sandbox;
    }

    public async Task<ISandbox> AdmitAsync(string policy)
    {
        ISandbox sandbox = await CreateAsync();
        Admit(sandbox, policy);
        await new CanaryProber(Gateway).ProbeAsync(
            sandbox, new Subject(Sandbox: sandbox.Id), TestContext.Current.CancellationToken);
        return sandbox;
    }

    public void Admit(ISandbox sandbox, string policy) =>
        Gateway.Admit(new Subject(Sandbox: sandbox.Id), sandbox.Slot!, Read(policy));

    internal static PolicyPlan Read(string policy)
    {
        (PolicyPlan? plan, IReadOnlyList<PolicyError> errors) = PolicyFile.Parse("policy.toml", policy);
        Assert.Empty(errors);
        return plan!;
    }

    internal Task<Attempt> TryAsync(string program, string name, params string[] arguments) =>
        TryInAsync(Sandbox, null, program, name, arguments);

    /// <summary>One attempt as one call; <paramref name="onLine"/> sees its output as it comes.</summary>
    internal async Task<Attempt> TryInAsync(
        ISandbox sandbox, Action<string>? onLine, string program, string name, params string[] arguments)
    {
        int number = Interlocked.Increment(ref _calls);
        string token = $"secret{number:D4}";
        ToolCallId call = ToolCallId.Numbered(new EpisodeId(sandbox.Id.Value), number);
        ExecResult result = await sandbox.ExecAsync(
            new ExecRequest
            {
                Call = call,
                Arguments = ["python3", program, name, token, .. arguments],
                Timeout = TimeSpan.FromSeconds(60),
                OnOutput = piece => onLine?.Invoke(System.Text.Encoding.UTF8.GetString(piece.Bytes.Span)),
            },
            TestContext.Current.CancellationToken);
        Assert.True(result.ExitCode == 0, result.Text() + result.ErrorText());
        return new Attempt(call, token, result.Text(), this);
    }

    /// <summary>Until everything that the call did has been told, and each of its flows has ended.</summary>
    internal async Task SettleAsync(ToolCallId call)
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        await _sensor.DrainAsync(cancellationToken);
        await _sandboxes.Host.DrainAsync(cancellationToken);
        await Gateway.DrainAsync(cancellationToken);
        for (int round = 0; round < 500 && Open(call); round++)
        {
            await Task.Delay(10, cancellationToken);
        }

        Assert.False(Open(call), "a flow of the call is still open");
    }

    private bool Open(ToolCallId call) =>
        Sink.Of<Fact.FlowOpened>().Count(entry => entry.Subject.Call == call)
            > Sink.Of<Fact.FlowClosed>().Count(entry => entry.Subject.Call == call);
}

[CollectionDefinition(Name)]
public sealed class EgressCollection : ICollectionFixture<EgressFixture>
{
    internal const string Name = "egress";
}
