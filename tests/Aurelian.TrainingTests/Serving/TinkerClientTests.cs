using System.Diagnostics;

namespace Aurelian.TrainingTests.Serving;

/// <summary>The client as published, from the wheels beside the checkout.</summary>
public sealed class TinkerClientTests
{
    [Fact]
    public async Task The_unmodified_tinker_client_trains_samples_and_saves()
    {
        string clients = Path.GetFullPath(Reference.At("..", "clients"));
        Assert.SkipUnless(
            await RunAsync("python3.11", ["--version"], []) is (0, _), "python3.11 is not on this machine");
        using TemporaryFolder folder = new();
        string environment = folder.File("venv");
        await SucceedAsync("python3.11", ["-m", "venv", environment], []);
        await SucceedAsync(Path.Combine(environment, "bin", "pip"),
            [
                "install", "-q", "--no-index", "--no-deps", "--find-links", Path.Combine(clients, "wheels"), "-r",
                Path.Combine(clients, "requirements.txt"),
            ], []);
        await using ServedRig rig = await ServedRig.StartAsync();
        await SucceedAsync(Path.Combine(environment, "bin", "python"), [Path.Combine(clients, "try_tinker.py")],
            new() { ["AURELIAN_URL"] = rig.Address.ToString().TrimEnd('/'), ["AURELIAN_TOKEN"] = "any" });
    }

    private static async Task SucceedAsync(string program, string[] arguments, Dictionary<string, string> settings)
    {
        (int code, string output) = await RunAsync(program, arguments, settings);
        Assert.True(code == 0, output);
    }

    /// <returns>Code −1: there is no such program.</returns>
    private static async Task<(int Code, string Output)> RunAsync(
        string program, string[] arguments, Dictionary<string, string> settings)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach ((string name, string value) in settings)
        {
            start.Environment[name] = value;
        }

        try
        {
            using Process process = Process.Start(start)!;
            Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return (process.ExitCode, output + await error);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (-1, "");
        }
    }
}
