using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>
/// The account of what the detectors' tables forget: how much in all, and which sandbox filled a table by itself.
/// </summary>
/// <remarks>
/// A table does not know whose event is being looked at; this set does, and says so on the thread that looks. Owners
/// are numbers, 0 being nobody's: the files of other tools may know no sandbox.
/// </remarks>
internal sealed class Evictions
{
    /// <summary>Of a table: who holds so much of it when it is full has filled it.</summary>
    private const double FloodShare = 0.25;

    private const int OwnersMax = 65_536;

    [ThreadStatic]
    private static Evictions? _current;

    private readonly Dictionary<SandboxId, int> _owners = [];
    private readonly HashSet<int> _flooders = [];
    private readonly HashSet<int> _told = [];
    private int _owner, _next;

    /// <summary>Whose event is being looked at on this thread.</summary>
    internal static int Owner => _current?._owner ?? 0;

    /// <summary>Entries that were forgotten since the beginning.</summary>
    internal long Total { get; private set; }

    /// <param name="holder">Whose entry is forgotten; 0: nobody is to be suspected of it.</param>
    /// <param name="share">Of the table, that it holds.</param>
    internal static void Count(int holder, double share)
    {
        if (_current is { } evictions)
        {
            evictions.Total++;
            if (holder != 0 && share >= FloodShare && !evictions._told.Contains(holder))
            {
                evictions._flooders.Add(holder);
            }
        }
    }

    internal void Begin(Event occurred)
    {
        _owner = occurred.Subject.Sandbox is { } sandbox ? OwnerOf(sandbox) : 0;
        _current = this;
    }

    /// <summary>
    /// A table that a sandbox filled is its doing, whosever entry made it overflow: said once of each, at an event of
    /// its own.
    /// </summary>
    internal void End(Event occurred, ICollection<Finding> findings)
    {
        _current = null;
        if (_flooders.Count == 0 || !_flooders.Remove(_owner) || !_told.Add(_owner))
        {
            return;
        }

        findings.Add(new Finding
        {
            Rule = "evasion-flood",
            RuleVersion = 1,
            Category = Category.Evasion,
            Severity = Severity.Medium,
            Confidence = 0.6,
            Subject = occurred.Subject,
            Evidence = [occurred.Seq],
            Explanation = "did so much that a detector's table was full of it and forgot what it did before",
            Technique = "T1562",
            CompletedAtNs = occurred.MonotonicNs,
        });
    }

    private int OwnerOf(SandboxId sandbox)
    {
        if (!_owners.TryGetValue(sandbox, out int owner))
        {
            if (_owners.Count >= OwnersMax)
            {
                // Numbers go on: an old entry's is never given to somebody else.
                _owners.Clear();
                _told.Clear();
                _flooders.Clear();
            }

            _owners[sandbox] = owner = ++_next;
        }

        return owner;
    }
}
