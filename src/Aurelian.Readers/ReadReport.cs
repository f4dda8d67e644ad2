namespace Aurelian.Readers;

/// <summary>What became of one file: received = read + unreadable, and where reading failed.</summary>
/// <param name="source">The file's number among those read together, from 1; part of its flows' ids.</param>
public sealed class ReadReport(int source = 1)
{
    private const int NotesMax = 32;

    /// <summary>Skipped records that are kept with their place: as many as an answer lists.</summary>
    private const int SkippedMax = 1000;

    /// <summary>Unreadable records in a row after which the rest is given up: nothing readable will come.</summary>
    private const int HopelessMax = 100_000;

    private readonly List<string> _notes = [];
    private readonly List<SkippedRecord> _skipped = [];
    private long _inARow;

    public int Source => source;

    /// <summary>Records (packets, lines, rows) that were understood.</summary>
    public long Records { get; private set; }

    /// <summary>Records that were not.</summary>
    public long Unreadable { get; private set; }

    /// <summary>Observations that came later than the format's lateness, and were taken as they came.</summary>
    public long Late { get; set; }

    /// <summary>Flows, fragments and the like forgotten early because a table was full.</summary>
    public long Evicted { get; set; }

    /// <summary>Some time had no zone and was taken for <see cref="Zone"/>.</summary>
    public bool NaiveTimes { get; set; }

    /// <summary>What local times without a zone are ahead of UTC.</summary>
    public TimeSpan Zone { get; init; }

    /// <summary>Some record had a wall-clock time of its own.</summary>
    public bool Timed { get; internal set; }

    /// <summary>The file ended early or a part of it could not be read.</summary>
    public bool Partial { get; private set; }

    /// <summary>The first failures, each with its place.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>The first 1000 records that were not understood, each with its line (of a binary format its number).
    /// </summary>
    public IReadOnlyList<SkippedRecord> Skipped => _skipped;

    internal bool KeepsSkipped => _skipped.Count < SkippedMax;

    internal bool IsHopeless => _inARow >= HopelessMax;

    internal void Accept()
    {
        Records++;
        _inARow = 0;
    }

    /// <param name="place">For example <c>line 17</c> or <c>packet 3</c>.</param>
    public void Reject(string place, string reason)
    {
        Unreadable++;
        _inARow++;
        Note(place, reason);
    }

    /// <summary>As <see cref="Reject"/>, for a record known by its number alone: no text is made for the
    /// thousandth.</summary>
    internal void Reject(string unit, long number, string reason)
    {
        Unreadable++;
        _inARow++;
        Partial = true;
        if (_skipped.Count < SkippedMax)
        {
            _skipped.Add(new SkippedRecord(number, reason));
        }

        if (_notes.Count < NotesMax)
        {
            _notes.Add(string.Create(
                System.Globalization.CultureInfo.InvariantCulture, $"{unit} {number}: {reason}"));
        }
    }

    /// <summary>Something is missing that was no record.</summary>
    public void Note(string place, string reason)
    {
        Partial = true;
        if (_notes.Count < NotesMax)
        {
            _notes.Add($"{place}: {reason}");
        }
    }
}

/// <summary>A record that could not be used: its line from 1, and why.</summary>
public readonly record struct SkippedRecord(long Line, string Reason);
