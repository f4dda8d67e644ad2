using Aurelian.Cli;

namespace Aurelian.UnitTests.Cli;

public sealed class TextTests
{
    [Theory]
    [InlineData("plain ä 你", "plain ä 你")]
    [InlineData("\u001b[2Jgone", "·[2Jgone")]
    [InlineData("a\u202Eb", "a·b")]
    [InlineData("a\r\nb", "a·⏎b")]
    [InlineData("\u009b31m", "·31m")]
    public void Strangers_text_cannot_steer_a_terminal(string text, string safe) =>
        Assert.Equal(safe, TerminalText.Safe(text));

    [Fact]
    public void Output_passes_raw_into_a_pipe_and_harmless_onto_a_terminal()
    {
        using MemoryStream pipe = new(), terminal = new();
        byte[] bytes = [27, (byte)'[', (byte)'A', 0, 0xC2, 0x9B, 0xC3, 0xA4, (byte)'\n'];

        new OutputFilter(pipe, raw: true, Assert.Fail).Write(bytes);
        new OutputFilter(terminal, raw: false, Assert.Fail).Write(bytes);

        Assert.Equal(bytes, pipe.ToArray());
        Assert.Equal(".[A..ä\n"u8, terminal.ToArray());
    }

    [Fact]
    public void A_control_character_split_over_two_pieces_is_no_less_harmless()
    {
        using MemoryStream terminal = new();
        OutputFilter filter = new(terminal, raw: false, Assert.Fail);

        filter.Write([0xC2]);
        filter.Write([0x9B, (byte)'A', 0xFF, 0x9B]);

        Assert.DoesNotContain((byte)0x9B, System.Text.Encoding.Latin1.GetBytes(
            System.Text.Encoding.UTF8.GetString(terminal.ToArray())));
        Assert.StartsWith(".A", System.Text.Encoding.UTF8.GetString(terminal.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void What_follows_the_first_double_dash_is_the_user_s()
    {
        (string[] own, string[]? command) = TrailingCommand.Split(["run", "--env", "A", "--", "x", "--", "@file", ""]);

        Assert.Equal(["run", "--env", "A"], own);
        Assert.Equal(["x", "--", "@file", ""], command!);
        Assert.Null(TrailingCommand.Split(["run"]).Command);
    }

    [Fact]
    public void Output_that_cannot_be_written_is_said_once_and_ends_nothing()
    {
        List<string> said = [];
        OutputFilter filter = new(new FullDisk(), raw: true, said.Add);

        filter.Write("one"u8);
        filter.Write("two"u8);

        Assert.Contains("No space left", Assert.Single(said), StringComparison.Ordinal);
    }

    private sealed class FullDisk : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("No space left on device");
    }
}
