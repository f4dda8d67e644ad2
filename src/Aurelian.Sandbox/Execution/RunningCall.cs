using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Aurelian.Events;
using Microsoft.Win32.SafeHandles;

namespace Aurelian.Sandbox;

/// <summary>One tool call from its request to the end of its first process, and its refusals beyond that.</summary>
internal sealed class RunningCall : IDisposable
{
    /// <summary>A status as of <c>waitpid</c>: exit code 126, as shells say it.</summary>
    internal const int NeverStarted = 126 << 8;

    private const int TryAgain = 11, NoMemory = 12; // EAGAIN, ENOMEM

    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ExecRequest _request;
    private readonly RefusalLog _refusals;
    private readonly Subject _subject;
    private readonly Socket _replies;
    private readonly DescriptorLoop _loop;
    private readonly CallInput _input;
    private readonly CallOutput _output;
    private readonly CallOutput _error;
    private string _startError = "";
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _draining = new();
    // Those who asked, oldest first: the helper answers each byte by one reply, in their order.
    private readonly Queue<TaskCompletionSource> _askers = new();
    private Task _asked = Task.CompletedTask;
    private volatile bool _disposed;

    private RunningCall(
        DescriptorLoop loop, ExecRequest request, RefusalLog refusals, Subject subject, Socket replies,
        SafeFileHandle input, SafeFileHandle output, SafeFileHandle error)
    {
        _loop = loop;
        _request = request;
        _refusals = refusals;
        _subject = subject;
        _replies = replies;
        _input = new CallInput(loop, input, request.Input, request.InputStream);
        _output = new CallOutput(loop, output, isError: false, request.OutputBytesMax, request.OnOutput);
        _error = new CallOutput(loop, error, isError: true, request.OutputBytesMax, request.OnOutput);
    }

    /// <summary>
    /// Completes when every refusal that happened before has been posted; at once when no more can come.
    /// </summary>
    internal Task DrainAsync(CancellationToken cancellationToken) =>
        // Most calls have been over for long; asking a helper that has ended costs an exception each.
        _over.Task.IsCompleted ? Task.CompletedTask : AskAsync(cancellationToken);

    private async Task AskAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_draining)
        {
            _askers.Enqueue(drained);
            _asked = SendAskAsync(after: _asked);
        }

        await Task.WhenAny(drained.Task, _over.Task).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    // Never cancelled: an asker who gives up must not leave the next one with its answer.
    private async Task SendAskAsync(Task after)
    {
        await after.ConfigureAwait(false);
        try
        {
            await _replies.SendAsync(new byte[1]).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The helper has ended: what it said is read to the end, which answers all.
        }
    }

    internal static RunningCall Start(
        WardenChannel warden, DescriptorLoop loop, char operation, WardenRequest body,
        ReadOnlySpan<SafeHandle> filters, ExecRequest request, RefusalLog refusals, Subject subject)
    {
        (SafeFileHandle inputRead, SafeFileHandle inputWrite) = Descriptors.Pipe();
        (SafeFileHandle outputRead, SafeFileHandle outputWrite) = Descriptors.Pipe();
        (SafeFileHandle errorRead, SafeFileHandle errorWrite) = Descriptors.Pipe();
        Socket replies;
        using (inputRead)
        using (outputWrite)
        using (errorWrite)
        {
            replies = warden.Send(operation, body, [inputRead, outputWrite, errorWrite, .. filters]);
        }

        RunningCall call = new(loop, request, refusals, subject, replies, inputWrite, outputRead, errorRead);
        loop.Post(call.StartStreams);
        _ = Task.Run(call.ReadRepliesAsync);
        return call;
    }

    private void StartStreams()
    {
        try
        {
            _input.Start();
            _output.Start();
            _error.Start();
        }
        catch (SandboxException exception)
        {
            // This call's alone: the loop's thread serves all others too.
            _exited.TrySetException(exception);
        }
    }

    /// <summary>Waits for the first process's end; gives its status as of <c>waitpid</c>.</summary>
    internal Task<int> WaitAsync(CancellationToken cancellationToken) => _exited.Task.WaitAsync(cancellationToken);

    /// <summary>What was written until now. Does not wait for what the call left running to close its pipes.</summary>
    internal Task<(byte[] Output, byte[] Error, long Length)> TakeOutputAsync()
    {
        TaskCompletionSource<(byte[], byte[], long)> taken = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _loop.Post(() =>
        {
            _input.Dispose();
            _output.End();
            _error.End();
            if ((_output.Failure ?? _error.Failure) is { } failure)
            {
                taken.SetException(new SandboxException(
                    SandboxFailure.Broken, $"A call's output could not be passed on: {failure.Message}", failure));
                return;
            }

            byte[] said = Encoding.UTF8.GetBytes(_startError);
            taken.SetResult((_output.Kept, [.. _error.Kept, .. said], _output.Length + _error.Length + said.Length));
        });
        return taken.Task;
    }

    public void Dispose()
    {
        _disposed = true;
        _replies.Dispose();
        _loop.Post(() =>
        {
            _input.Dispose();
            _output.Dispose();
            _error.Dispose();
        });
    }

    private async Task ReadRepliesAsync()
    {
        // A helper that fails says so and ends; its child's failure is followed by the helper's own last word.
        bool lastWord = false, failed = false;
        try
        {
            while (!lastWord && await WardenChannel.ReceiveAsync(_replies, CancellationToken.None)
                .ConfigureAwait(false) is { } reply)
            {
                lastWord = reply.Kind == ReplyKind.Done;
                failed |= reply.Kind == ReplyKind.Failed;
                Take(reply);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The warden is gone, or the sandbox is: what remains is said below.
        }
        catch (Exception exception)
        {
            _exited.TrySetException(new SandboxException(
                SandboxFailure.Broken, $"A tool call's helper cannot be followed: {exception.Message}", exception));
        }

        if (!lastWord && !failed && !_disposed)
        {
            _refusals.LoseHelper(_subject);
        }

        _over.TrySetResult();
        _exited.TrySetException(new SandboxException(SandboxFailure.Broken, "The warden ended during a tool call."));
        _ = _exited.Task.Exception;
    }

    private void Take(WardenReply reply)
    {
        switch (reply.Kind)
        {
            case ReplyKind.Started:
                _request.OnStarted?.Invoke(reply.Pid);
                break;
            case ReplyKind.Exited:
                _exited.TrySetResult((int)reply.Value);
                break;
            case ReplyKind.Refused:
                _refusals.Add(_subject, reply);
                break;
            case ReplyKind.Drained:
                lock (_draining)
                {
                    if (_askers.TryDequeue(out TaskCompletionSource? oldest))
                    {
                        oldest.TrySetResult();
                    }
                }

                break;
            case ReplyKind.Lost:
                _refusals.AddLost(_subject, reply);
                break;
            case ReplyKind.Failed when reply.Stage is WardenStage.Execute or WardenStage.Folder:
                // The agent's own doing: no such program, or its working directory is gone.
                string what = reply.Stage == WardenStage.Execute
                    ? _request.Arguments[0]
                    : _request.WorkingDirectory ?? "working directory";
                _startError = $"{what}: {Marshal.GetPInvokeErrorMessage((int)reply.Value)}\n";
                break;
            case ReplyKind.Failed when reply is { Stage: WardenStage.Clone, Value: TryAgain or NoMemory }:
                // The agent's doing too: what earlier calls left running fills the sandbox's limits.
                _startError = "no new process: the sandbox's limit of processes or memory is reached\n";
                _exited.TrySetResult(NeverStarted);
                break;
            case ReplyKind.Failed:
                _exited.TrySetException(new SandboxException(
                    SandboxFailure.Broken,
                    $"A tool call cannot be started: {Marshal.GetPInvokeErrorMessage((int)reply.Value)} "
                        + $"({reply.Stage})."));
                break;
        }
    }
}
