using Aurelian.Training.Recording;

namespace Aurelian.Training.Learning;

/// <summary>Takes a run back to before an update: its later checkpoints and lines are of a run that was not.</summary>
internal static class Rollback
{
    /// <param name="folder">An arm's.</param>
    /// <param name="update">The first update that must not be in the weights.</param>
    /// <returns>The step after which the run goes on.</returns>
    internal static int To(string folder, int update)
    {
        CheckpointShelf shelf = new(Path.Combine(folder, Trainer.CheckpointsFolder));
        (int Step, string Folder)[] clean = [.. shelf.Found
            .Where(found => CheckpointShelf.ReadState(found.Folder).Updates < update)];
        if (clean is not [.., (int step, string last)])
        {
            throw TrainingException.BadInput(
                $"{folder}: no checkpoint is older than update {update}; start the arm again from its warm start");
        }

        shelf.RemoveAfter(step);
        CheckpointShelf.Rewrite(last, CheckpointShelf.ReadState(last) with
        {
            // Other samples than the ones that were tainted.
            Rollbacks = CheckpointShelf.ReadState(last).Rollbacks + 1,
        });
        RunMetrics.TrimAfter(folder, step);
        return step;
    }
}
