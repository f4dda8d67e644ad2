using System.Text;
using Aurelian.Agents;

namespace Aurelian.UnitTests.Agents;

public sealed class ShellEnvironmentTests
{
    private const string Given = """
        declare -x HOME="/home/agent"
        declare -x OLDPWD
        declare -x PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        declare -x PWD="/workspace"
        declare -x SHLVL="1"

        """;

    private readonly ShellEnvironment _environment = new();

    [Fact]
    public void What_every_call_is_given_is_no_change() => Assert.Empty(Follow(Given));

    [Fact]
    public void New_changed_and_removed_variables_are_named_once()
    {
        Assert.Equal(["BASH_ENV"], Follow(Given + "declare -x BASH_ENV=\"/tmp/rc\"\n"));
        Assert.Empty(Follow(Given + "declare -x BASH_ENV=\"/tmp/rc\"\n"));
        Assert.Equal(["BASH_ENV"], Follow(Given + "declare -x BASH_ENV=\"/tmp/other\"\n"));
        Assert.Equal(["BASH_ENV"], Follow(Given));
    }

    [Fact]
    public void The_path_is_compared_from_the_first_call_on() =>
        Assert.Equal(["PATH"], Follow(Given.Replace("=\"/usr/local/sbin", "=\"/tmp:/usr/local/sbin",
            StringComparison.Ordinal)));

    [Fact]
    public void A_value_over_several_lines_is_one_variable()
    {
        Follow(Given + "declare -x TEXT=\"a\nb\"\ndeclare -x UP=\"1\"\n");

        Assert.Equal(["TEXT"], Follow(Given + "declare -x TEXT=\"a\nc\"\ndeclare -x UP=\"1\"\n"));
    }

    [Fact]
    public void Nonsense_is_nothing() => Assert.Empty(new ShellEnvironment().Follow("\0declare"u8).Where(name =>
        name != "PATH"));

    private string[] Follow(string text) => [.. _environment.Follow(Encoding.UTF8.GetBytes(text))];
}
