using Aurelian.Simulation;

namespace Aurelian.UnitTests.Simulation.Intranet;

public sealed class InternalSitesTests
{
    [Fact]
    public async Task The_cache_answers_a_ping_and_refuses_the_rest()
    {
        await using TestService service = new(SimulatedServices.Lines(InternalSites.AnswerRedis));

        Assert.Equal(
            "+PONG\r\n-NOAUTH Authentication required.\r\n",
            await service.AskAsync("PING\r\nKEYS *\r\nQUIT\r\nPING\r\n"));
    }

    [Fact]
    public void What_the_metadata_service_hands_out_says_that_it_is_worth_nothing()
    {
        HttpPage page = InternalSites.Metadata()
            .Find("/latest/meta-data/iam/security-credentials/simulated-role")!;

        Assert.Contains("worth-nothing", System.Text.Encoding.UTF8.GetString(page.Body.Span), StringComparison.Ordinal);
    }
}
