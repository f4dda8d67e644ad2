using Aurelian.Detection;

namespace Aurelian.UnitTests.Detection;

public sealed class CommandsTests
{
    [Theory]
    [InlineData("ls", "ls")]
    [InlineData("a 'b c' \"d \\\" e\" f\\ g", "a|b c|d \\\" e|f g")]
    [InlineData("cd x && make; echo 'a; b' | sort &", "cd|x / make / echo|a; b / sort")]
    [InlineData("FOO=1 sudo nohup ssh host", "ssh|host")]
    [InlineData("echo a # ssh -R\nls", "echo|a / ls")]
    [InlineData("cat > f <<'EOF'\nssh -R 1:b:2 c\nEOF\nls", "cat|>|f / ls")]
    [InlineData("cat <<-E | wc\nssh\nE\nls", "cat / wc / ls")]
    [InlineData("cat <<EOF\nssh", "cat")]
    [InlineData("x 'unclosed", "x|unclosed")]
    [InlineData("<<\n", "")]
    [InlineData("cat <<", "cat|<<")]
    [InlineData("", "")]
    public void A_line_is_read_as_a_shell_reads_it(string text, string commands) =>
        Assert.Equal(commands, string.Join(" / ", Commands.Read(text).Select(each => string.Join('|', each))));

    [Fact]
    public void Anything_can_be_read()
    {
        Random random = new(7);
        const string Letters = "a '\"\\<>\n;|&()`#=-E";

        for (int round = 0; round < 20_000; round++)
        {
            Commands.Read(new string(Enumerable.Range(0, random.Next(24))
                .Select(_ => Letters[random.Next(Letters.Length)]).ToArray()));
        }
    }
}
