using Aurelian.Events;

namespace Aurelian.UnitTests.Detection;

public sealed class PasswordDetectorTests
{
    [Fact]
    public void Five_sessions_that_let_nobody_in_are_guessing()
    {
        CaptureScene scene = new();

        Sessions(scene, 4, 2400);
        Assert.Empty(scene.Findings);
        Sessions(scene, 20, 2400);

        Finding finding = Assert.Single(scene.Findings);
        Assert.Equal((Category.Probing, Severity.Medium), (finding.Category, finding.Severity));
    }

    [Fact]
    public void Ten_refusals_as_late_as_refusals_come_leave_no_doubt()
    {
        CaptureScene scene = new();

        Sessions(scene, 9, 2400, lasting: 4);
        Assert.Equal(Severity.Medium, Assert.Single(scene.Findings).Severity);
        Sessions(scene, 1, 2400, lasting: 4);

        Assert.Single(scene.High);
    }

    [Fact]
    public void One_password_after_another_for_one_place_is_guessing()
    {
        Scene scene = new();

        for (int guess = 0; guess < 5; guess++)
        {
            scene.Exec(100 + guess, "sshpass", "-p", "same", "ssh", "ops@build.example", "uptime");
        }

        Assert.Empty(scene.High);
        for (int guess = 0; guess < 5; guess++)
        {
            scene.Exec(200 + guess, "curl", "-s", "-u", $"admin:{guess}", "http://a.example/");
        }

        Assert.Equal("probing-password-tool", Assert.Single(scene.High).Rule);
    }

    [Theory]
    [InlineData(8_800)] // let in
    [InlineData(40)] // a banner, and hung up on
    public void Sessions_of_another_size_are_not(long back)
    {
        CaptureScene scene = new();

        Sessions(scene, 50, back);

        Assert.Empty(scene.Findings);
    }

    [Fact]
    public void A_short_command_now_and_then_is_not()
    {
        CaptureScene scene = new();

        Sessions(scene, 50, 2400, afterSeconds: 200);

        Assert.Empty(scene.Findings);
    }

    [Theory]
    [InlineData("git-upload-pack 'team/repo.git'", false)]
    [InlineData("uptime", true)]
    public void Git_fetching_many_modules_is_not(string command, bool found)
    {
        Scene scene = new();

        for (int module = 0; module < 20; module++)
        {
            int pid = 100 + module;
            scene.Exec(pid, "ssh", "git@git.example", command);
            scene.Add(new Fact.FlowClosed(
                new FlowId($"f{module}"), CaptureScene.At("100.64.0.2", 40_000), CaptureScene.At("198.18.0.7", 22),
                Transport.Tcp, "git.example", "ssh", 2600, 2600, 3000, default, default, true, "rule"), pid);
        }

        Assert.Equal(found, scene.Findings.Any(finding => finding.Rule == "probing-passwords"));
    }

    private static void Sessions(
        CaptureScene scene, int count, long back, double afterSeconds = 10, double lasting = 0)
    {
        for (int index = 0; index < count; index++)
        {
            scene.SshSession("203.0.113.7", back, afterSeconds: afterSeconds, lasting: lasting);
        }
    }
}
