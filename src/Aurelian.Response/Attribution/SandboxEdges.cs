using System.Net;
using Aurelian.Events;

namespace Aurelian.Response;

/// <summary>What is known of one sandbox's files, listeners and environment, and the edges that follow.</summary>
internal sealed class SandboxEdges(ProcessTable processes, EpisodeId episode)
{
    private const int FilesMax = 65_536;
    private const int WaitingMax = 4096;
    private const int EdgesMax = 512;
    private const int NamesMax = 512;
    private const int RecentMax = 32;
    private const string SharedMemory = "/dev/shm/";

    /// <summary>The shell session's own carriers: that each call reads what the one before left says nothing.</summary>
    private const string SessionFiles = "/tmp/.session.";

    /// <summary>A writer is told when its file is closed and looked up: another thread may be faster by this.</summary>
    private const long LateNs = 250_000_000;

    private readonly Dictionary<string, ToolCallId> _writers = [];
    private readonly Dictionary<string, (ToolCallId Call, long Ns)> _executed = [];
    private readonly Dictionary<int, ToolCallId> _listeners = [];
    private readonly Dictionary<string, ToolCallId> _variables = [];
    private readonly HashSet<AttributionEdge> _edges = [];
    private readonly Queue<RecentRead> _read = [];
    private ToolCallId? _shell, _shellBefore;

    internal EpisodeId Episode => episode;

    /// <summary>Judged: the edges stay, what they were made of goes.</summary>
    internal void Close()
    {
        _writers.Clear();
        _executed.Clear();
        _read.Clear();
    }

    internal IReadOnlyList<AttributionEdge> Of(ToolCallId call) =>
        [.. _edges.Where(edge => edge.From == call.Value || edge.To == call.Value)];

    internal void Observe(Event occurred, ToolCallId call)
    {
        switch (occurred.Fact)
        {
            case Fact.FileOpenedForWriting written:
                Wrote(written.Path, call, occurred.MonotonicNs);
                break;
            case Fact.FileRead { Writer: { } writer } read:
                Read(read.Path, writer, call, occurred);
                break;
            case Fact.DescriptorPassed passed:
                Add(passed.From, call, $"passed-descriptor: {passed.What}");
                break;
            case Fact.ProcessTriggered triggered:
                Add(triggered.By, call, triggered.How switch
                {
                    "woke" => "woke-process",
                    "message" => "sent-message",
                    _ => $"signalled-process: {triggered.How}",
                });
                break;
            case Fact.ProcessExecuted executed:
                Executed(executed, call, occurred.MonotonicNs);
                ReadAs(executed.Executable, occurred);
                break;
            case Fact.SocketListened listened:
                _listeners[listened.Local.Port] = call;
                break;
            case Fact.ConnectAttempted connect when IPAddress.IsLoopback(connect.Destination.Address)
                && _listeners.TryGetValue(connect.Destination.Port, out ToolCallId listener):
                Add(call, listener, $"connected-to-listener: {connect.Destination}");
                break;
            case Fact.ToolCallStarted { Tool: "bash" }:
                (_shellBefore, _shell) = (_shell, call);
                Inherit(call);
                break;
            case Fact.EnvironmentChanged changed:
                foreach (string name in changed.Names.Where(name =>
                    _variables.Count < NamesMax || _variables.ContainsKey(name)))
                {
                    _variables[name] = call;
                }

                break;
        }
    }

    private void Wrote(string path, ToolCallId call, long ns)
    {
        if (_writers.Count < FilesMax || _writers.ContainsKey(path))
        {
            _writers[path] = call;
        }

        if (_executed.TryGetValue(path, out (ToolCallId Call, long Ns) executed) && ns - executed.Ns < LateNs)
        {
            Add(call, executed.Call, $"wrote-executed-file: {path}");
        }
    }

    private void Read(string path, ToolCallId writer, ToolCallId reader, Event occurred)
    {
        if (path.StartsWith(SharedMemory, StringComparison.Ordinal))
        {
            Add(writer, reader, $"shares-memory: {path}");
            return;
        }

        bool session = path.StartsWith(SessionFiles, StringComparison.Ordinal)
            && writer == (reader == _shell ? _shellBefore : _shell);
        AttributionEdge executed = new(writer.Value, reader.Value, $"wrote-executed-file: {path}");
        if (!session && !_edges.Contains(executed))
        {
            bool code = ExecutedFiles.ReadsCode(
                occurred.Subject.Pid is { } pid ? processes.Find(pid, occurred.MonotonicNs)?.Exe : null);
            Add(writer, reader, code ? CodeFile(path) : ReadFile(path));
            if (!code)
            {
                _read.Enqueue(new RecentRead(occurred.Subject.Pid, occurred.MonotonicNs, path, writer, reader));
                _ = _read.Count > RecentMax && _read.TryDequeue(out RecentRead _);
            }
        }
    }

    /// <summary>A read may be told before the start of the program that read: then it was judged by the one before.
    /// </summary>
    private void ReadAs(string executable, Event started)
    {
        foreach (RecentRead read in _read)
        {
            if (read.Pid == started.Subject.Pid && read.Ns >= started.MonotonicNs
                && read.Ns - started.MonotonicNs < LateNs && ExecutedFiles.ReadsCode(executable))
            {
                _edges.Remove(new AttributionEdge(read.Writer.Value, read.Reader.Value, ReadFile(read.Path)));
                Add(read.Writer, read.Reader, CodeFile(read.Path));
            }
        }
    }

    private void Executed(Fact.ProcessExecuted executed, ToolCallId call, long ns)
    {
        foreach (string file in ExecutedFiles.Of(executed))
        {
            if (Writer(file) is { } writer)
            {
                Add(writer, call, $"wrote-executed-file: {file}");
            }
            else if (_executed.Count < WaitingMax || _executed.ContainsKey(file))
            {
                _executed[file] = (call, ns);
            }
        }
    }

    private void Inherit(ToolCallId call)
    {
        foreach (IGrouping<ToolCallId, string> set in _variables.GroupBy(entry => entry.Value, entry => entry.Key))
        {
            Add(set.Key, call, $"set-environment: {string.Join(' ', set.Order(StringComparer.Ordinal))}");
        }
    }

    /// <summary>A relative file is matched by its end, where the folder it was started from is not known.</summary>
    private ToolCallId? Writer(string file)
    {
        if (_writers.TryGetValue(file, out ToolCallId writer))
        {
            return writer;
        }

        string end = "/" + (file.StartsWith("./", StringComparison.Ordinal) ? file[2..] : file);
        return file.StartsWith('/') || file.Length == 0 ? null : _writers
            .Where(entry => entry.Key.EndsWith(end, StringComparison.Ordinal))
            .Select(entry => (ToolCallId?)entry.Value).LastOrDefault();
    }

    private void Add(ToolCallId from, ToolCallId to, string kind)
    {
        if (from != to && _edges.Count < EdgesMax)
        {
            _edges.Add(new AttributionEdge(from.Value, to.Value, kind));
        }
    }

    private static string CodeFile(string path) => $"wrote-code-file: {path}";

    private static string ReadFile(string path) => $"wrote-read-file: {path}";

    private readonly record struct RecentRead(int? Pid, long Ns, string Path, ToolCallId Writer, ToolCallId Reader);
}
