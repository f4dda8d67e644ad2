using Aurelian.Events;

namespace Aurelian.UnitTests.Readers.Trajectories;

public sealed class TrajectoryTests
{
    [Fact]
    public void A_swe_agent_session_is_an_episode_of_numbered_calls()
    {
        Reads reads = Reads.OfSample("swe-agent.traj");

        Assert.Equal("swe-agent", reads.Kind);
        Assert.Equal([(1, "ls -la"), (2, "nc 10.0.0.1 80")],
            reads.All<Fact.ToolCallStarted>().Select(call => (call.Number!.Value, call.Command)));
        Assert.Equal(new ToolCallId("1.t1.c2"), reads.Readings.Last(reading =>
            reading.Observation.Fact is Fact.ToolCallEnded).Observation.Subject.Call);
        Assert.Single(reads.All<Fact.EpisodeStarted>());
        Assert.Single(reads.All<Fact.EpisodeEnded>());
        Assert.Equal((2, false), (reads.Report.Records, reads.Report.Partial));
    }

    [Fact]
    public void Openhands_sessions_stand_a_line_each_and_a_damaged_one_costs_itself()
    {
        Reads reads = Reads.OfSample("openhands.jsonl");

        Assert.Equal("openhands", reads.Kind);
        Assert.Equal(["pytest", "ls", "git log"], reads.All<Fact.ToolCallStarted>().Select(call => call.Command));
        Assert.Equal(["a-1", "a-2", "a-3"], reads.All<Fact.EpisodeStarted>().Select(episode => episode.Task));
        Assert.Equal(1, reads.All<Fact.ToolCallEnded>().First().ExitCode);
        Assert.True(reads.Report is { NaiveTimes: true, Unreadable: 1 });
    }

    [Fact]
    public void Mini_swe_agent_s_commands_stand_in_fences_or_beside()
    {
        Reads reads = Reads.OfSample("mini-swe-agent.traj.json");

        Assert.Equal("mini-swe-agent", reads.Kind);
        Assert.Equal(["ls | wc", "make"], reads.All<Fact.ToolCallStarted>().Select(call => call.Command));
        Assert.Equal(2, reads.All<Fact.ToolCallEnded>().First().ExitCode);
    }

    [Theory]
    [InlineData("# a list\ncd /tmp\ncurl -O http://example.org/x\n./x --pool a\n")]
    [InlineData("[{\"command\":\"cd /tmp\"},{\"command\":\"curl -O http://example.org/x\"},"
        + "{\"cmd\":\"./x --pool a\"}]")]
    public void A_list_of_commands_is_a_session(string text)
    {
        Reads reads = Reads.Of(text);

        Assert.Equal("commands", reads.Kind);
        Assert.Equal(["cd /tmp", "curl -O http://example.org/x", "./x --pool a"],
            reads.All<Fact.ToolCallStarted>().Select(call => call.Command));
    }
}
