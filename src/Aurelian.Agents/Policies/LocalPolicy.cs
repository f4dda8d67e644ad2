using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace Aurelian.Agents;

/// <summary>What a local model answers: its text, and its ids and log-probs as sampled.</summary>
/// <param name="Error">Why there is no answer; null: there is one.</param>
public sealed record LocalAnswer(string Text, int[] Ids, double[] LogProbs, string? Error = null);

/// <summary>
/// A model that was trained here, in the training program: one process an episode, a line of JSON each way a turn. It
/// ends with its standard input, so also with us.
/// </summary>
internal sealed class LocalPolicy(string name, string folder, string program) : IPolicyModel, IAsyncDisposable
{
    private static readonly TimeSpan EndMax = TimeSpan.FromSeconds(5);

    private Process? _process;

    public string Name => name;

    internal static (IPolicyModel? Model, IReadOnlyList<InputError> Errors) Load(string name, string folder)
    {
        if (!File.Exists(Path.Combine(folder, "config.json")))
        {
            return (null, [new InputError("--agent", 0,
                $"'{folder}' has no config.json: local:DIR names the folder of a model that 'aurelian train' made")]);
        }

        return TrainingProgram.Find() is { } program
            ? (new LocalPolicy(name, Path.GetFullPath(folder), program), [])
            : (null, [new InputError("--agent", 0, $"{name}: {TrainingProgram.NotBuilt}")]);
    }

    public async ValueTask<AgentTurn> NextAsync(
        IReadOnlyList<AgentMessage> conversation, CancellationToken cancellationToken)
    {
        try
        {
            _process ??= Start();
            await _process.StandardInput.WriteLineAsync(
                JsonSerializer.Serialize(conversation).AsMemory(), cancellationToken).ConfigureAwait(false);
            await _process.StandardInput.FlushAsync(cancellationToken).ConfigureAwait(false);
            string? line = await _process.StandardOutput.ReadLineAsync(cancellationToken).ConfigureAwait(false);
            LocalAnswer? answer = line is null ? null : JsonSerializer.Deserialize<LocalAnswer>(line);
            return answer is { Error: null } said
                ? ToTurn(said)
                : throw new PolicyException($"{name} gave no answer: {answer?.Error ?? "its process ended"}");
        }
        catch (Exception exception) when (exception is IOException or JsonException or Win32Exception)
        {
            throw new PolicyException($"{name} gave no answer: {exception.Message}", exception);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not { } process)
        {
            return;
        }

        using (process)
        {
            try
            {
                process.StandardInput.Close();
                using CancellationTokenSource patience = new(EndMax);
                await process.WaitForExitAsync(patience.Token).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is OperationCanceledException or IOException)
            {
                process.Kill();
            }
        }
    }

    private Process Start()
    {
        ProcessStartInfo start = new(program, ["speak", folder])
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true,
        };
        start.Environment.TryAdd("OMP_WAIT_POLICY", "PASSIVE");
        return Process.Start(start) ?? throw new Win32Exception();
    }

    private static AgentTurn ToTurn(LocalAnswer said) => ToolCallText.Parse(said.Text) with
    {
        Written = said.Text, TokenCount = said.Ids.Length, Tokens = new SampledTokens([], said.Ids, said.LogProbs),
    };
}
