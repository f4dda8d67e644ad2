using Aurelian.Episodes;
using Aurelian.Firewall;
using Microsoft.Extensions.Time.Testing;

namespace Aurelian.UnitTests.Episodes;

public sealed class PolicyWatcherTests : IDisposable
{
    private const string Rule = "[[allow]]\nname = \"mirror.example\"\nports = [80]\nprotocol = \"http\"\n";

    private readonly string _file = Path.GetTempFileName();
    private readonly FakeTimeProvider _time = new();
    private readonly List<PolicyPlan> _applied = [];
    private readonly List<string> _complaints = [];
    private readonly PolicyWatcher _watcher;
    private int _edits;

    public PolicyWatcherTests()
    {
        Edit(Rule);
        _watcher = new PolicyWatcher(_file, PolicyPrint.Of(_file), _applied.Add, _complaints.Add, _time);
    }

    public void Dispose()
    {
        _watcher.Dispose();
        File.Delete(_file);
    }

    [Theory]
    [InlineData("[[allow]]\nname = \"*\"\nports = [80]\nprotocol = \"http\"\n")]
    [InlineData("[firewall]\nenabled = false\n")]
    [InlineData("mode = \"audit\"\n")]
    [InlineData(Rule + "[[allow]]\nports = []\n")]
    [InlineData("\0\0\0\0")]
    [InlineData("[[allow")]
    public void An_edit_to_nonsense_changes_nothing_and_is_said(string text)
    {
        Edit(text);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Empty(_applied);
        Assert.Contains("stays as it was", Assert.Single(_complaints), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_taken_away_changes_nothing_and_is_said()
    {
        File.Delete(_file);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Empty(_applied);
        Assert.Single(_complaints);
    }

    [Fact]
    public void An_edit_between_the_planning_and_the_watch_is_an_edit()
    {
        string planned = PolicyPrint.Of(_file);
        Edit("");
        using PolicyWatcher late = new(_file, planned, _applied.Add, _complaints.Add, _time);

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Contains(_applied, plan => plan.Rules.Count == 0);
    }

    [Fact]
    public void An_edit_that_keeps_the_file_s_time_and_length_is_an_edit()
    {
        Edit(Rule);
        _time.Advance(TimeSpan.FromSeconds(1));
        _applied.Clear();
        DateTime written = File.GetLastWriteTimeUtc(_file);

        File.WriteAllText(_file, Rule.Replace("mirror", "morror", StringComparison.Ordinal));
        File.SetLastWriteTimeUtc(_file, written);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Single(_applied);
    }

    [Fact]
    public void A_file_that_is_emptied_allows_nothing()
    {
        Edit("");
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Empty(Assert.Single(_applied).Rules);
    }

    [Fact]
    public void A_good_edit_is_applied_once_also_after_a_bad_one()
    {
        Edit("nonsense");
        _time.Advance(TimeSpan.FromSeconds(1));
        Edit(Rule + Rule.Replace("mirror", "other", StringComparison.Ordinal));
        _time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(2, Assert.Single(_applied).Rules.Count);
    }

    /// <summary>Each edit has a moment of its own, whatever the file system's clock can tell apart.</summary>
    private void Edit(string text)
    {
        File.WriteAllText(_file, text);
        File.SetLastWriteTimeUtc(_file, new DateTime(2026, 1, 1, 0, 0, ++_edits, DateTimeKind.Utc));
    }
}
