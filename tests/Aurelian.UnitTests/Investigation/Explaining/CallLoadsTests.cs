using Aurelian.Investigation.Cases;
using Aurelian.Investigation.Explaining;
using Aurelian.UnitTests.Investigation.Core;

namespace Aurelian.UnitTests.Investigation.Explaining;

public class CallLoadsTests
{
    [Fact]
    public void A_call_has_the_mean_of_the_samples_within_it_beside_all_calls_with_samples()
    {
        CaseCall burning = InvestigatorTests.Call("a", "e1", 100, 200), quiet = InvestigatorTests.Call(
            "b", "e2", 100, 200), short_ = InvestigatorTests.Call("c", "e1", 203, 204);
        CallLoads loads = new(new InvestigationCase
        {
            Alerts = [], Calls = [burning, quiet, short_],
            Samples =
            [
                Sample(99, "e1", 0), Sample(110, "e1", 3), Sample(190, "e1", 5), Sample(200, "e1", 0),
                Sample(150, "e2", 0.5),
            ],
        });
        Assert.Equal([new CallLoad(LoadKind.Cores, 4, 0.5, 2)], loads.Of(burning));
        Assert.Equal([new CallLoad(LoadKind.Cores, 0.5, 0, 2)], loads.Of(quiet));
        Assert.Empty(loads.Of(short_));
        Assert.Equal("its sandbox used 4.0 cores while it ran, more than in 50 % of the 2 calls with samples",
            loads.Of(burning)[0].Sentence);
    }

    [Fact]
    public void Samples_of_an_address_are_those_of_the_sandbox_that_had_it()
    {
        CaseCall call = InvestigatorTests.Call("a", "e1", 100, 200) with { HostAddress = "10.88.0.2" };
        CallLoads loads = new(new InvestigationCase
        {
            Alerts = [], Calls = [call],
            Samples = [new CaseSample { Time = 120, Subject = "10.88.0.2", Gpu = 0.9 }, Sample(120, "server-7", 60)],
        });
        Assert.Equal([new CallLoad(LoadKind.Gpu, 0.9, 0, 1)], loads.Of(call));
    }

    private static CaseSample Sample(double time, string subject, double cores) =>
        new() { Time = time, Subject = subject, Cores = cores };
}
