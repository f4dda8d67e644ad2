using System.CommandLine;
using Aurelian.Cli.Commands;

namespace Aurelian.UnitTests.Cli;

public sealed class HelpTests
{
    [Fact]
    public void The_list_of_commands_has_one_line_for_each()
    {
        string help = Help();

        Assert.All(AurelianCommand.Create(null).Subcommands.Where(command => !command.Hidden), command =>
        {
            Assert.DoesNotContain('\n', command.Description!);
            Assert.InRange(command.Description!.Length, 20, 90);
            Assert.Contains(command.Description, help, StringComparison.Ordinal);
        });
        Assert.Contains("./aurelian quickstart", help, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_of_run_teaches_by_examples_and_names_its_exit_codes()
    {
        string help = Help("run");

        Assert.Contains("aurelian run --upstream simulated --", help, StringComparison.Ordinal);
        Assert.Contains("[[allow]]", help, StringComparison.Ordinal);
        Assert.Contains("3 an episode is violating", help, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--timeout", "-1")]
    [InlineData("--timeout", "NaN")]
    [InlineData("--timeout", "soon")]
    [InlineData("--linger", "1e99")]
    public void What_is_no_length_of_time_is_refused_by_name(string option, string text) => Assert.Contains(
        option, Assert.Single(AurelianCommand.Create(["true"])
            .Parse(["run", option, text], AurelianCommand.Parsing).Errors).Message, StringComparison.Ordinal);

    private static string Help(params string[] command)
    {
        using StringWriter output = new();
        AurelianCommand.Create(null).Parse([.. command, "--help"], AurelianCommand.Parsing)
            .Invoke(new InvocationConfiguration { Output = output });
        return output.ToString();
    }
}
