using Aurelian.Events;
using Aurelian.Response;

namespace Aurelian.Episodes;

/// <summary>Keeps the run's record and the judge's evidence up to date.</summary>
internal sealed class RecordReader(RunRecord record, VerdictJudge judge) : IEventReader
{
    public void Read(Event occurred, ICollection<Observation> consequences)
    {
        record.Observe(occurred);
        // Read by the episodes' own threads when they end.
        lock (judge)
        {
            judge.Observe(occurred);
        }
    }
}
