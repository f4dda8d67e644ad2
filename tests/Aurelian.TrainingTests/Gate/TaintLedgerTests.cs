using Aurelian.Events;
using Aurelian.Training.Gate;

namespace Aurelian.TrainingTests.Gate;

public sealed class TaintLedgerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("aurelian-taint-").FullName;

    public void Dispose() => Directory.Delete(_folder, true);

    [Fact]
    public void A_late_verdict_marks_the_updates_that_it_slipped_into()
    {
        using TaintLedger ledger = TaintLedger.Open(_folder);
        ledger.RecordUpdate(1, ["e1", "e2"]);
        ledger.RecordUpdate(2, ["e3"]);
        ledger.RecordUpdate(3, ["e2"]);

        Assert.Equal([1, 3], ledger.MarkLate("e2", VerdictState.Violating));
        Assert.Equal([1, 3], ledger.TaintedUpdates);
    }

    [Fact]
    public void After_a_crash_the_ledger_says_what_it_said_before()
    {
        using (TaintLedger ledger = TaintLedger.Open(_folder))
        {
            ledger.RecordUpdate(1, ["e1"]);
            ledger.MarkLate("e1", VerdictState.Suspect);
        }

        File.AppendAllText(Path.Combine(_folder, TaintLedger.FileName), "{\"update\":2,\"epi");
        using (TaintLedger again = TaintLedger.Open(_folder))
        {
            Assert.Equal([1], again.TaintedUpdates);
            Assert.Equal(["e1"], again.TaintedEpisodes);
            again.RecordUpdate(2, ["e2"]);
        }

        using TaintLedger later = TaintLedger.Open(_folder);
        Assert.Equal(["e2"], later.EpisodesOf(2));
    }

    [Fact]
    public void Updates_that_a_run_went_back_over_and_did_not_do_again_are_tainted_no_more()
    {
        using (TaintLedger ledger = TaintLedger.Open(_folder))
        {
            ledger.RecordUpdate(1, ["e1"]);
            ledger.RecordUpdate(2, ["e2"]);
            ledger.RecordUpdate(3, ["e3"]);
            ledger.MarkLate("e3", VerdictState.Violating);
            ledger.UndoAfter(1);
            ledger.RecordUpdate(2, ["e4"]);
        }

        using TaintLedger again = TaintLedger.Open(_folder);

        Assert.Empty(again.TaintedUpdates);
        Assert.Equal([["e1"], ["e4"], []], new[] { 1, 2, 3 }.Select(again.EpisodesOf));
        Assert.Equal(["e3"], again.TaintedEpisodes);
    }

    [Fact]
    public void A_late_verdict_of_an_episode_that_taught_nothing_taints_nothing()
    {
        using TaintLedger ledger = TaintLedger.Open(_folder);

        Assert.Empty(ledger.MarkLate("e9", VerdictState.Violating));
        Assert.Empty(ledger.TaintedUpdates);
    }
}
