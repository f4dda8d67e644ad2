using Aurelian.Training.Native;
using Aurelian.Training.Serving;

namespace Aurelian.Training.Commands;

/// <summary><c>serve-model</c>.</summary>
internal static class ServeModelAction
{
    /// <summary>The key that clients must send; it names no one and is never written down.</summary>
    internal const string TokenSetting = "AURELIAN_TOKEN";

    internal static async Task<int> RunAsync(
        ServeOptions options, TextWriter output, TimeProvider time, CancellationToken cancellationToken)
    {
        _ = options.Endpoint();
        TorchLibrary.Load(options.Threads);
        await using ServingHost host = await ServingHost.StartAsync(options, time, cancellationToken)
            .ConfigureAwait(false);
        await output.WriteLineAsync($"serving {options.Folder} at {host.Address}").ConfigureAwait(false);
        await output.FlushAsync(cancellationToken).ConfigureAwait(false);
        TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = cancellationToken.Register(() => stopped.SetResult());
        await stopped.Task.ConfigureAwait(false);
        return ExitCodes.Done;
    }
}
