using Aurelian.Agents;
using Aurelian.Training.Experiments;
using Aurelian.Training.Jobs;
using Aurelian.Training.Model;
using Aurelian.Training.Native;
using Aurelian.Training.Recording;
using Aurelian.Training.Rollouts;

namespace Aurelian.Training.Commands;

internal sealed record EvalRequest(
    string Job, string Model, string? Arm, int Samples, bool TrainTasks, string Runs, bool Json);

/// <summary><c>eval</c>.</summary>
internal static class EvalAction
{
    internal static async Task<int> RunAsync(
        EvalRequest request, TextWriter output, TimeProvider time, CancellationToken cancellationToken)
    {
        IReadOnlyList<TrainingJob> jobs = JobReader.Read(request.Job);
        TrainingJob job = request.Arm is null ? jobs[0] : jobs.FirstOrDefault(each => each.Arm == request.Arm)
            ?? throw TrainingException.BadInput(
                $"--arm {request.Arm}: the job has {string.Join(", ", jobs.Select(each => each.Arm))}");
        if (!File.Exists(Path.Combine(request.Model, "config.json")))
        {
            throw TrainingException.BadInput($"--model {request.Model}: has no config.json: name a model's folder");
        }

        TorchLibrary.Load(threads: 1);
        using StartingModel start = StartingModel.Load(request.Model);
        IReadOnlyList<TaskPlan> tasks = request.TrainTasks ? job.TrainTasks : job.HeldOutTasks;
        // Standard output is for programs then.
        PlainView view = new(request.Json ? Console.Error : output);
        EvalReport report = EvalReport.Of(job.Name, job.Arm, request.Model, await PlayAsync(
            job, start, tasks, request, view, time, cancellationToken).ConfigureAwait(false));
        if (request.Json)
        {
            output.WriteLine(report.ToJson());
        }
        else
        {
            report.WriteText(output);
        }

        return ExitCodes.Done;
    }

    private static async Task<IReadOnlyList<Trajectory>> PlayAsync(
        TrainingJob job, StartingModel start, IReadOnlyList<TaskPlan> tasks, EvalRequest request, PlainView view,
        TimeProvider time, CancellationToken cancellationToken)
    {
        await using BatchSampler sampler = new(
            new Qwen3MoeModel(start.Model.Config), job.Algorithm.Temperature, start.Tokens.End, time);
        sampler.Load(start.Model, 0);
        await using IEpisodeSource episodes = await ArmRun
            .OpenAsync(job, request.Runs, null, view, time, cancellationToken).ConfigureAwait(false);
        return await new PlayedRollouts(job, new ChatFrame(start.Tokens), sampler, episodes).RollAsync(
            [.. tasks.SelectMany((task, group) => Enumerable.Range(0, request.Samples)
                .Select(sample => new EpisodeRequest(0, task, group, sample)))],
            cancellationToken).ConfigureAwait(false);
    }
}
