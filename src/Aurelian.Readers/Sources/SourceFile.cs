using Aurelian.Store;

namespace Aurelian.Readers;

/// <summary>One input, opened and recognised by its content: a file, <c>-</c> for standard input, or a run's
/// folder.</summary>
public sealed class SourceFile : IDisposable
{
    private const int HeadMax = 256 * 1024;

    private Stream? _opened;

    private SourceFile(string path, EventReader reader, Stream? opened, ReadReport report)
    {
        Path = path;
        Reader = reader;
        Report = report;
        _opened = opened;
    }

    /// <summary>As the user wrote it.</summary>
    public string Path { get; }

    public EventReader Reader { get; }

    public ReadReport Report { get; }

    /// <summary>A run's folder stays one input, any other folder is the files in it.</summary>
    public static IEnumerable<string> Expand(string path) =>
        !Directory.Exists(path) || File.Exists(System.IO.Path.Combine(path, RunTimeline))
            ? [path]
            : Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
                .Where(each => !System.IO.Path.GetFileName(each).StartsWith('.'))
                .Order(StringComparer.Ordinal);

    /// <param name="source">The input's number among those read together, from 1.</param>
    /// <exception cref="IOException">There is no such file, or it may not be read.</exception>
    public static SourceFile Open(string path, int source) => Open(path, new ReadReport(source));

    /// <param name="other">What to take for a file that no reader knows; null is none.</param>
    /// <param name="force">Ask <paramref name="other"/> first.</param>
    internal static SourceFile Open(
        string path, ReadReport report, Func<byte[], EventReader?>? other = null, bool force = false)
    {
        string timeline = System.IO.Path.Combine(path, RunTimeline);
        if (File.Exists(timeline))
        {
            return new SourceFile(path, new RunReader(timeline), Stream.Null, report);
        }

        Stream stream = OpenStream(path);
        try
        {
            HeadStream head = Unpacking.Open(stream, HeadMax);
            EventReader reader = Recognition.Recognise(head.Head, path);
            if (other is not null && (force || reader is UnknownReader or CommandList))
            {
                reader = other(head.Head.ToArray()) ?? reader;
            }

            // Of many files only those that are being read stay open; what cannot be opened twice stays so.
            bool again = path != "-" && stream.CanSeek;
            SourceFile recognised = new(path, reader, again ? null : head, report);
            if (again)
            {
                head.Dispose();
            }

            return recognised;
        }
        catch (Exception exception) when (Unpacking.IsDamage(exception))
        {
            stream.Dispose();
            report.Note("the beginning", exception.Message);
            return new SourceFile(path, new UnknownReader(), Stream.Null, report);
        }
    }

    /// <summary>What the reader reads; a stream that breaks ends it, and the report says so.</summary>
    public IEnumerable<Reading> Read(CancellationToken cancellationToken) =>
        Read(stream => Reader.Read(stream, Report, cancellationToken));

    /// <summary>As <see cref="Read(CancellationToken)"/>, of what a reader can tell besides observations.</summary>
    internal IEnumerable<T> Read<T>(Func<Stream, IEnumerable<T>> read)
    {
        if (!TryOpen())
        {
            yield break;
        }

        using IEnumerator<T> items = read(_opened!).GetEnumerator();
        while (MoveNext(items))
        {
            yield return items.Current;
        }

        _opened!.Dispose();
    }

    /// <summary>The stamp of the first observation; null when there is none, or none without reading it away.</summary>
    internal long? FirstNs()
    {
        if (_opened is not null)
        {
            return null;
        }

        using SourceFile glance = Open(Path, Report.Source);
        foreach (Reading reading in glance.Read(CancellationToken.None))
        {
            return reading.Observation.MonotonicNs;
        }

        return null;
    }

    public void Dispose() => _opened?.Dispose();

    private static Stream OpenStream(string path) => path == "-" ? Console.OpenStandardInput()
        : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0);

    private bool TryOpen()
    {
        try
        {
            _opened ??= Unpacking.Open(OpenStream(Path), HeadMax);
            return true;
        }
        catch (Exception exception) when (Unpacking.IsDamage(exception))
        {
            Report.Note("the beginning", exception.Message);
            return false;
        }
    }

    private bool MoveNext<T>(IEnumerator<T> readings)
    {
        try
        {
            return readings.MoveNext();
        }
        catch (Exception exception) when (Unpacking.IsDamage(exception) || exception is StoreException)
        {
            Report.Note($"after record {Report.Records + Report.Unreadable}", exception.Message);
            return false;
        }
    }

    private const string RunTimeline = "timeline.db";
}
