using System.Net;
using Aurelian.Events;
using Aurelian.Response;

namespace Aurelian.UnitTests.Response.Attribution;

public sealed class EdgeTests
{
    private static readonly ToolCallId One = new("e1.c1"), Two = new("e1.c2"), Three = new("e1.c3");

    private readonly ProcessTable _processes = new();
    private readonly EdgeBook _book;
    private long _ns = 1_000_000_000;

    public EdgeTests() => _book = new EdgeBook(_processes);

    [Fact]
    public void A_relative_script_is_found_by_the_folder_it_was_started_in()
    {
        Add(One, new Fact.FileOpenedForWriting("/workspace/a/run.py"));
        Add(Two, Exec("/workspace/a", "python3", "-W", "ignore", "run.py"));
        Add(Three, Exec("/workspace/b", "python3", "run.py"));

        Assert.Equal(["e1.c1 e1.c2 wrote-executed-file: /workspace/a/run.py"], Edges(One));
    }

    [Fact]
    public void A_writer_that_is_told_a_moment_after_the_exec_has_its_edge_and_a_later_one_has_none()
    {
        Add(Two, Exec("/workspace", "bash", "/tmp/x.sh"));
        Add(One, new Fact.FileOpenedForWriting("/tmp/x.sh"));
        Assert.Single(Edges(Two));

        Add(Two, Exec("/workspace", "bash", "/tmp/y.sh"));
        _ns += 1_000_000_000;
        Add(One, new Fact.FileOpenedForWriting("/tmp/y.sh"));
        Assert.Single(Edges(Two));
    }

    [Fact]
    public void What_an_interpreter_reads_is_code_and_what_others_read_is_not()
    {
        Add(Two, Exec("/workspace", "python3", "-c", "import conftest"), 20);
        Add(Two, new Fact.FileRead("/workspace/conftest.py", One), 20);
        Add(Two, Exec("/workspace", "cat", "notes"), 21);
        Add(Two, new Fact.FileRead("/workspace/notes", One), 21);

        Assert.Equal(
            ["e1.c1 e1.c2 wrote-code-file: /workspace/conftest.py", "e1.c1 e1.c2 wrote-read-file: /workspace/notes"],
            Edges(Two));
    }

    [Fact]
    public void What_is_read_before_its_reader_s_start_is_told_is_judged_by_that_start()
    {
        long started = _ns;
        Add(Two, new Fact.FileRead("/tmp/rc", One), 20);
        Add(Two, new Fact.FileRead("/workspace/notes", One), 21);
        _ns = started - 2_000_000;
        Add(Two, Exec("/workspace", "bash", "-c", "true"), 20);
        Add(Two, Exec("/workspace", "cat", "notes"), 21);

        Assert.Equal(
            ["e1.c1 e1.c2 wrote-code-file: /tmp/rc", "e1.c1 e1.c2 wrote-read-file: /workspace/notes"],
            Edges(Two).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_shell_session_s_own_files_say_nothing_unless_somebody_else_wrote_them()
    {
        foreach (ToolCallId call in new[] { One, Two, Three })
        {
            Add(call, new Fact.ToolCallStarted(call.Number, "bash", "true"));
        }

        Add(Three, new Fact.FileRead("/tmp/.session.env", Two));
        Assert.Empty(Edges(Three));

        Add(Three, new Fact.FileRead("/tmp/.session.env", One));
        Assert.Single(Edges(Three));
    }

    [Fact]
    public void Variables_are_their_last_setter_s()
    {
        Add(One, new Fact.EnvironmentChanged(["PATH", "BASH_ENV"]));
        Add(Two, new Fact.EnvironmentChanged(["PATH"]));
        Add(Three, new Fact.ToolCallStarted(3, "bash", "true"));

        Assert.Equal(["e1.c1 e1.c3 set-environment: BASH_ENV", "e1.c2 e1.c3 set-environment: PATH"], Edges(Three));
    }

    [Fact]
    public void A_listener_of_another_call_on_loopback_is_an_edge_and_one_of_the_own_call_is_none()
    {
        Add(One, new Fact.SocketListened(new Endpoint(IPAddress.Any, 80)));
        Add(Two, new Fact.SocketListened(new Endpoint(IPAddress.Any, 81)));
        Add(Two, new Fact.ConnectAttempted(new Endpoint(IPAddress.Loopback, 80), Transport.Tcp));
        Add(Two, new Fact.ConnectAttempted(new Endpoint(IPAddress.Loopback, 81), Transport.Tcp));

        Assert.Equal(["e1.c2 e1.c1 connected-to-listener: 127.0.0.1:80"], Edges(Two));
    }

    [Fact]
    public void One_sandbox_that_makes_edges_without_end_leaves_room_for_another()
    {
        for (int number = 0; number < 2000; number++)
        {
            Add(Two, new Fact.FileRead($"/workspace/{number}", One));
        }

        ToolCallId here = new("e2.c2");
        Add(here, new Fact.DescriptorPassed(new ToolCallId("e2.c1"), "socket"), sandbox: "e2");

        Assert.Equal(512, Edges(Two).Count);
        Assert.Single(_book.Of(new SandboxId("e2"), here));
    }

    private void Add(ToolCallId call, Fact fact, int pid = 10, string sandbox = "e1")
    {
        _ns += 1_000_000;
        Event occurred = new(1, DateTimeOffset.UnixEpoch, _ns, new Subject(
            new RunId("r"), null, call.Episode, call, new SandboxId(sandbox), pid), fact);
        _processes.Observe(occurred);
        _book.Observe(occurred);
    }

    private List<string> Edges(ToolCallId call) => [.. _book.Of(new SandboxId("e1"), call)
        .Select(edge => $"{edge.From} {edge.To} {edge.Kind}").Order(StringComparer.Ordinal)];

    private static Fact.ProcessExecuted Exec(string folder, params string[] arguments) =>
        new(1, "/usr/bin/" + arguments[0], [.. arguments], false, false, folder);
}
