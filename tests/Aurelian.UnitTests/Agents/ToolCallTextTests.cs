using Aurelian.Agents;
using CsCheck;

namespace Aurelian.UnitTests.Agents;

public sealed class ToolCallTextTests
{
    [Fact]
    public void Hermes_calls_are_read_with_what_is_said_around_them()
    {
        AgentTurn turn = ToolCallText.Parse("""
            I look first.
            <tool_call>
            {"name": "bash", "arguments": {"command": "echo '</tool_call>' \"é\"", "n": 3}}
            </tool_call>
            <tool_call>{"name":"submit"}</tool_call>
            """);

        Assert.Null(turn.Malformed);
        Assert.Equal("I look first.", turn.Text);
        Assert.Equal(["bash", "submit"], turn.Calls.Select(call => call.Tool));
        Assert.Equal("echo '</tool_call>' \"é\"", turn.Calls[0].Arguments["command"]);
        Assert.Equal("3", turn.Calls[0].Arguments["n"]);
    }

    [Fact]
    public void Coder_calls_keep_their_values_as_they_stand()
    {
        AgentTurn turn = ToolCallText.Parse("""
            <tool_call>
            <function=edit>
            <parameter=action>
            create
            </parameter>
            <parameter=content>
            a < b && "c" </parameter> still the value

            </parameter>
            </function>
            </tool_call>
            """);

        Assert.Null(turn.Malformed);
        Assert.Equal("create", turn.Calls[0].Arguments["action"]);
        Assert.Equal("a < b && \"c\" </parameter> still the value\n", turn.Calls[0].Arguments["content"]);
    }

    [Theory]
    [InlineData("<think>\n<tool_call>{\"name\":\"bash\"}</tool_call></think>done", "done")]
    [InlineData("<tool_call>{\"name\":\"bash\"}</tool_call></think>done", "done")]
    public void A_call_within_the_reasoning_is_no_call(string text, string said)
    {
        AgentTurn turn = ToolCallText.Parse(text);

        Assert.Empty(turn.Calls);
        Assert.Equal(said, turn.Text);
        Assert.Contains("bash", turn.Reasoning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<tool_call>{\"name\": \"bash\", \"arguments\": {\"command\": \"ls\"}}", "</tool_call>")]
    [InlineData("<tool_call>{\"name\": \"bash\", ", "no JSON object")]
    [InlineData("<tool_call>{\"name\": 3}</tool_call>", "\"name\" as text")]
    [InlineData("<tool_call>{\"name\": \"bash\", \"arguments\": [1]}</tool_call>", "must be an object")]
    [InlineData("<tool_call><function=bash><parameter=command>ls</function></tool_call>", "not ended")]
    [InlineData("<tool_call>ls</tool_call>", "no JSON object")]
    [InlineData("<tool_call>", "not ended")]
    [InlineData("<think>for ever", "never ended")]
    public void A_malformed_call_says_what_is_wrong_and_runs_nothing(string text, string problem)
    {
        AgentTurn turn = ToolCallText.Parse(text);

        Assert.Empty(turn.Calls);
        Assert.Contains(problem, turn.Malformed, StringComparison.Ordinal);
    }

    [Fact]
    public void One_malformed_call_keeps_the_others_of_its_turn_from_running()
    {
        AgentTurn turn = ToolCallText.Parse("<tool_call>{\"name\":\"bash\"}</tool_call><tool_call>x</tool_call>");

        Assert.Empty(turn.Calls);
        Assert.NotNull(turn.Malformed);
    }

    [Fact]
    public void Whatever_a_model_writes_is_a_turn()
    {
        string[] pieces =
        [
            "<tool_call>", "</tool_call>", "<function=a>", "<parameter=b>", "</parameter>", "</function>",
            "{\"name\":", "\"x\"", "}", "<think>", "</think>", "\n", "é", "\ud800",
        ];

        Gen.Int[0, pieces.Length - 1].Array[0, 12]
            .Sample(parts => ToolCallText.Parse(string.Concat(parts.Select(part => pieces[part]))) is not null);
    }
}
