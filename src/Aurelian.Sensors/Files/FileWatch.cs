using Aurelian.Events;
using Microsoft.Win32.SafeHandles;

namespace Aurelian.Sensors;

/// <summary>One sandbox's fanotify group, and what it has shown so far: who wrote which file.</summary>
/// <remarks>Used by the sensor's thread alone, but for <see cref="Active"/> and <see cref="Ended"/>.</remarks>
internal sealed class FileWatch(SafeFileHandle group, Subject subject)
{
    /// <summary>Files whose readers are told; what is written beyond is only told as written.</summary>
    private const int FilesMax = 16_384;

    private const int ReadsMax = 65_536;

    /// <summary>As the kernel sensor's budget of a sandbox.</summary>
    private const int FactsPerSecond = 20_000;

    private readonly Dictionary<FileKey, ToolCallId?> _writers = [];
    private readonly HashSet<(int, FileKey)> _reads = [];
    private volatile string? _active;
    private long _second;
    private int _spent;

    internal SafeFileHandle Descriptor => group;

    internal Subject Subject => subject;

    internal volatile bool Ended;

    /// <summary>The call that a tool of ours writes files for, when it does.</summary>
    internal ToolCallId? Active
    {
        get => _active is { } call ? new ToolCallId(call) : null;
        set => _active = value?.Value;
    }

    /// <summary>Facts left out since they were last asked for.</summary>
    private long Dropped { get; set; }

    internal bool MaySpend()
    {
        long second = MonotonicClock.NowNs / 1_000_000_000;
        (_second, _spent) = second == _second ? (_second, _spent + 1) : (second, 1);
        Dropped += _spent > FactsPerSecond ? 1 : 0;
        return _spent <= FactsPerSecond;
    }

    /// <param name="now">Somebody waits for all of it; otherwise a sum once a second is enough.</param>
    internal long TakeDropped(bool now)
    {
        long dropped = !now && MonotonicClock.NowNs / 1_000_000_000 == _second ? 0 : Dropped;
        Dropped -= dropped;
        return dropped;
    }

    /// <summary>Notes a writer; true when the file is to be watched for readers from now on.</summary>
    internal bool Note(FileKey file, ToolCallId? writer)
    {
        bool room = _writers.Count < FilesMax || _writers.ContainsKey(file);
        if (room)
        {
            _writers[file] = writer;
        }

        return room;
    }

    /// <summary>Notes who opened a file that nobody is known to have written.</summary>
    internal void NoteFirst(FileKey file, ToolCallId opener)
    {
        if (_writers.Count < FilesMax)
        {
            _writers.TryAdd(file, opener);
        }
    }

    /// <summary>Whether a read is news: of another call's file, and not told of this process yet.</summary>
    internal bool IsNews(FileKey file, int pid, ToolCallId reader, out ToolCallId? writer) =>
        _writers.TryGetValue(file, out writer) && writer != reader && _reads.Count < ReadsMax
        && _reads.Add((pid, file));
}

/// <summary>A file whatever its name by now.</summary>
internal readonly record struct FileKey(ulong Inode, uint Device);
