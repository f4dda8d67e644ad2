using System.Net.Sockets;
using Aurelian.Events;
using Aurelian.Sandbox;

namespace Aurelian.Firewall;

/// <summary>What becomes of one accepted connection.</summary>
/// <param name="Allowed">A rule let it through, whether or not anybody answered there.</param>
/// <param name="Reason">The rule, or why not, as a sentence.</param>
internal readonly record struct FlowOutcome(bool Allowed, string Reason);

/// <summary>Decides a connection's way: our resolver, the sinkhole, or by a rule's checks to the upstream.</summary>
internal sealed class FlowPath(
    GatewayState state, DnsAnswers answers, FirewallLog log, RunTime run, DescriptorLoop loop)
{
    private static readonly TimeSpan DialMax = TimeSpan.FromSeconds(10);

    internal async Task<FlowOutcome> WalkAsync(Admission admission, ProxyFlow flow)
    {
        if (flow.Destination == state.NameserverEndpoint)
        {
            await DnsStream.ServeAsync(admission, flow, answers, run.Time).ConfigureAwait(false);
            return new FlowOutcome(true, "answered by our own resolver");
        }

        if (admission.Judge(flow) is not { } rule)
        {
            return new FlowOutcome(false, await DenyAsync(admission, flow).ConfigureAwait(false));
        }

        RuleUse use = admission.UseOf(rule);
        if (!use.TryEnter(rule.ConnectionsMax))
        {
            return new FlowOutcome(
                false, $"denied: more than {rule.ConnectionsMax} connections at once by {rule.Text}");
        }

        try
        {
            return await CarryAsync(flow, rule, use).ConfigureAwait(false);
        }
        finally
        {
            use.Leave();
        }
    }

    private async Task<string> DenyAsync(Admission admission, ProxyFlow flow)
    {
        string reason = flow.Name is null
            ? "denied: no rule for this address and port"
            : $"denied: no rule for {flow.Name}:{flow.Destination.Port}";
        if (!admission.Sinkhole.MayListen(flow.Subject.Call, flow.Destination))
        {
            return $"{reason}; reset at once after {SinkholeBook.DestinationsMax} destinations";
        }

        await Sinkhole.ReadAsync(flow, log, run.Time).ConfigureAwait(false);
        return reason;
    }

    private async Task<FlowOutcome> CarryAsync(ProxyFlow flow, PolicyRule rule, RuleUse use)
    {
        ReadOnlyMemory<byte> first = default;
        if (rule.IsPeeked)
        {
            (first, string? refusal) = await FirstWords.ReadAsync(flow, rule, log, run.Time).ConfigureAwait(false);
            if (refusal is not null)
            {
                return new FlowOutcome(false, $"denied: {refusal}");
            }
        }

        if (rule.IsWildcard && !use.TryName(flow.Name!, rule.NamesMax))
        {
            return new FlowOutcome(false, $"denied: more than {rule.NamesMax} names by {rule.Text}");
        }

        LoopSocket? upstream = await DialAsync(flow).ConfigureAwait(false);
        if (upstream is null)
        {
            return new FlowOutcome(
                true, $"allowed by {rule.Text}, but nobody answered there (upstream {run.Upstream.Name})");
        }

        Relay relay = new(flow, upstream, use, ClientGuard.For(rule, flow), log);
        await relay.RunAsync(first).ConfigureAwait(false);
        return new FlowOutcome(true, relay.Ending ?? $"allowed by {rule.Text}");
    }

    private async Task<LoopSocket?> DialAsync(ProxyFlow flow)
    {
        using CancellationTokenSource patience = new(DialMax, run.Time);
        using CancellationTokenSource either =
            CancellationTokenSource.CreateLinkedTokenSource(patience.Token, flow.Aborted);
        try
        {
            Dialler dialler = new(loop);
            Socket? given = await run.Upstream
                .ConnectAsync(flow.Name, flow.Destination.Address, flow.Destination.Port, dialler, either.Token)
                .ConfigureAwait(false);
            LoopSocket? upstream = given is null ? null : dialler.Take(given);
            // From here on a cut resets it; one that came before is noticed by the setter.
            flow.Upstream = upstream;
            if (given is not null && Native.LocalEnd(given) is { } near && Native.RemoteEnd(given) is { } far)
            {
                // What the far side has of it: whoever keeps books there can be matched with the call.
                log.Post(SourceNames.Network, MonotonicClock.NowNs, flow.Subject, new Fact.FlowTranslated(
                    flow.Id, new Endpoint(near.Address, near.Port), new Endpoint(far.Address, far.Port)));
            }

            return upstream;
        }
        catch (Exception exception) when (exception is SocketException or IOException
            || (exception is OperationCanceledException && !flow.Aborted.IsCancellationRequested))
        {
            return null;
        }
    }
}
