using Aurelian.Events;
using Aurelian.LinuxTests.Sandbox;

namespace Aurelian.LinuxTests.Attacks.Egress;

/// <summary>What became of one attempt: what its program said, and what was logged under its call.</summary>
internal sealed record Attempt(ToolCallId Call, string Token, string Said, EgressFixture Fixture)
{
    /// <summary>
    /// <c>refused ERRNO</c>, <c>silent</c> or <c>answered</c>; then whether an honest request still works.
    /// </summary>
    internal string[] Lines { get; } = Said.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    internal string Outcome => Lines.Length > 1 ? Lines[^2] : Said;

    internal IEnumerable<TFact> Facts<TFact>() where TFact : Fact => Fixture.Sink.Of<TFact>()
        .Where(entry => entry.Subject.Call == Call).Select(entry => entry.Fact);

    internal IEnumerable<Fact.FlowClosed> Denied => Facts<Fact.FlowClosed>().Where(flow => !flow.Allowed);

    /// <summary>
    /// The attempt's token reached nobody, nothing denied carried a byte, and the honest request beside it was served.
    /// </summary>
    internal async Task<Attempt> HeldAsync()
    {
        Assert.DoesNotContain("answered", Outcome, StringComparison.Ordinal);
        Assert.Equal("honest", Lines[^1]);
        await Fixture.SettleAsync(Call);
        string told = Fixture.Outside.ReadTold();
        Assert.Contains($"/honest-{Token}", told, StringComparison.Ordinal);
        Assert.DoesNotContain(Token, told.Replace($"/honest-{Token}", "", StringComparison.Ordinal),
            StringComparison.Ordinal);
        Assert.All(Denied, flow => Assert.Equal(0, flow.BytesUpstream));
        return this;
    }

    /// <summary>A connection of this call was denied or cut, and the log says why.</summary>
    internal Fact.FlowClosed WasCut(string reason) => Assert.Single(
        Facts<Fact.FlowClosed>(), flow => flow.Reason.Contains(reason, StringComparison.Ordinal));
}
