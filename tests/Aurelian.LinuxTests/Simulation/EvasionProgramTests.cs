namespace Aurelian.LinuxTests.Simulation;

/// <summary>
/// Outside a sandbox, as root: what the programs try is well formed, so that a refusal inside one means something.
/// </summary>
public sealed class EvasionProgramTests(InternetFixture fixture) : IClassFixture<InternetFixture>
{
    /// <summary>What a malformed attempt would get, whoever refuses it.</summary>
    private static readonly string[] Malformed = ["EINVAL", "EFAULT", "ENOSYS", "E2BIG", "EBADF"];

    public static IEnumerable<TheoryDataRow<string>> Calls() =>
        Programs.List("forbidden_call.py", "--list").Concat(Programs.List("forbidden_call.py", "--list-of-others"));

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_forbidden_call_is_well_formed(string name)
    {
        // The mount lands in a mount namespace of its own, and the parent that is looked into is `unshare`.
        ProgramResult result = await fixture.RunAsync(
            "unshare", "--mount", "--fork", Programs.Find("forbidden_call.py"), name);

        Assert.StartsWith($"{name} ", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(result.Output.Trim()[(name.Length + 1)..], Malformed);
    }

    [Fact]
    public async Task A_program_without_a_file_runs()
    {
        ProgramResult result = await fixture.RunAsync(Programs.Find("memfd_exec.py"), "readlink", "/proc/self/exe");

        Assert.StartsWith("/memfd:worker", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("renamed_exe.sh", "pytest")]
    [InlineData("deleted_exe.sh", "(deleted)")]
    public async Task A_program_hides_behind_another_name(string program, string expected)
    {
        ProgramResult result = await fixture.RunAsync(Programs.Find(program), "readlink", "/proc/self/exe");

        Assert.EndsWith($"{expected}\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_floods_end_by_themselves()
    {
        Assert.Equal("forked 50\n", (await fixture.RunAsync(Programs.Find("flood_fork.sh"), "50")).Output);
        ProgramResult output = await fixture.RunAsync(Programs.Find("flood_output.sh"), "1");
        Assert.EndsWith("the end\n", output.Output, StringComparison.Ordinal);
        Assert.Contains("\u001b[31m", output.Output, StringComparison.Ordinal);
    }
}
