using System.Diagnostics;
using System.Globalization;

namespace Aurelian.UnitTests.Cli;

/// <summary>The program itself, on logs that are made to be remembered: every name another, and as long as is read.
/// </summary>
public sealed class ReplayMemoryTests
{
    private const long BytesMax = 300_000_000;
    private const int TextMax = 4000;

    [Theory]
    [InlineData("falco", 24_000)]
    [InlineData("auditd", 4000)]
    public async Task However_long_the_names_of_a_log_it_takes_no_more_memory_than_its_bound(string kind, int records)
    {
        ProcessStartInfo start = new(
            Path.Combine(AppContext.BaseDirectory, "aurelian"), ["replay", "-", "--format", "json"])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        long most = 0;
        for (int at = 0; at < records; at++)
        {
            await process.StandardInput.WriteAsync(kind == "falco" ? Falco(at) : Audited(at));
            most = at % 100 == 0 ? Math.Max(most, Peak(process.Id)) : most;
        }

        await process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        most = Math.Max(most, Peak(process.Id));
        process.StandardInput.Close();
        string[] lines = (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, process.ExitCode);
        Assert.Contains($"\"kind\":\"{kind}\"", lines[^1]);
        Assert.Contains("\"partial\":false", lines[^1]);
        Assert.InRange(most, 1, BytesMax);
    }

    private static string Falco(int at) => string.Create(CultureInfo.InvariantCulture, $$$"""
        {"time":"2026-01-15T10:{{{at / 6000 % 60:00}}}:{{{at / 100 % 60:00}}}.000Z","rule":"x",
        "priority":"Notice","output":"o","output_fields":{
        "evt.type":"execve","proc.pid":{{{at}}},"proc.ppid":1,"proc.exepath":"/usr/bin/{{{Long(at)}}}",
        "proc.cmdline":"sshpass -p {{{at}}} u@{{{Long(at)}}}","container.id":"c{{{at % 3}}}","user.name":"root"} }
        """).ReplaceLineEndings("") + "\n";

    private static string Audited(int at)
    {
        string stamp = string.Create(CultureInfo.InvariantCulture, $"msg=audit({1768471200 + (at / 100)}.000:{at}):");
        string words = string.Join(
            ' ', Enumerable.Range(0, 20).Select(word => $"a{word}=\"{Long((at * 20) + word)}\""));
        return $"""
            type=SYSCALL {stamp} arch=c000003e syscall=59 success=yes exit=0 ppid=1 pid={at} uid=0 comm="x" exe="/x"
            type=EXECVE {stamp} argc=20 {words}
            type=PROCTITLE {stamp} proctitle=00

            """;
    }

    private static string Long(int at) => string.Create(CultureInfo.InvariantCulture, $"x{at}")
        .PadRight(TextMax, 'y');

    private static long Peak(int pid)
    {
        string? line = File.ReadLines($"/proc/{pid}/status")
            .FirstOrDefault(each => each.StartsWith("VmHWM:", StringComparison.Ordinal));
        return line is null ? 0
            : 1024 * long.Parse(line.AsSpan(6).Trim(" \tkB"), NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
