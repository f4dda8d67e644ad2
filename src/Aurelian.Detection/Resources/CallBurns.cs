using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>The burns of a run's calls, kept up to date by every event that says something of them.</summary>
internal sealed class CallBurns(PoolList pools)
{
    private const int CallsMax = 1024;

    private readonly BoundedMap<ToolCallId, CallBurn> _burns = new(CallsMax);

    internal CallBurn? Find(ToolCallId? call) => call is { } id ? _burns.Find(id) : null;

    /// <summary>The call's burn when the event is a sample of it.</summary>
    internal CallBurn? Observe(Event occurred)
    {
        if (occurred.Subject.Call is not { } call)
        {
            return null;
        }

        if (CallMark.Read(occurred.Fact, pools) is { Weight: > MarkWeight.None } mark)
        {
            Of(call).AddMark(mark);
        }

        switch (occurred.Fact)
        {
            case Fact.ResourceSampled sampled:
                CallBurn burn = Of(call);
                burn.Add(occurred, sampled);
                return burn;
            case Fact.ProcessExecuted executed when CallMark.IsMemory(executed):
                Of(call).BeginFromMemory();
                break;
            case Fact.ToolCallEnded ended:
                Of(call).End(occurred, ended.CpuSeconds);
                break;
            case Fact.FlowMeasured { Protocol: ProtocolNames.Tls } measured:
                _burns.Find(call)?.AddSent(measured.Out.Bytes);
                break;
            case Fact.FileOpenedForWriting:
                Of(call).AddFile(occurred.MonotonicNs);
                break;
        }

        return null;
    }

    private CallBurn Of(ToolCallId call)
    {
        CallBurn? burn = _burns.Find(call);
        if (burn is null)
        {
            burn = new CallBurn();
            _burns.Set(call, burn);
        }

        return burn;
    }
}
