using Aurelian.Detection;
using Aurelian.Events;
using Aurelian.Investigation;
using Aurelian.Store;
using Aurelian.UnitTests.Detection;

namespace Aurelian.UnitTests.Readers.Runs;

public sealed class RunReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("aurelian-run-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_recorded_run_gives_the_findings_that_it_gave_live()
    {
        Scene scene = new Scene().Exec(10, "/usr/bin/ssh", "-R", "80:a:1", "host");
        scene.NowNs += 5_000_000_000;
        scene.Add(new Fact.Tick());
        Write(scene.Events);

        using ReplaySession session = ReplaySession.Open([_folder], DetectorSet.Standard());
        ReplayFinding[] found = [.. session.Read(CancellationToken.None)];

        Assert.NotEmpty(scene.Findings);
        Assert.Equal(
            scene.Findings.Select(each => (each.Rule, each.Severity, each.Subject, string.Join(' ', each.Evidence))),
            found.Select(each => (each.Finding.Rule, each.Finding.Severity, each.Finding.Subject,
                string.Join(' ', each.Finding.Evidence))));
        Assert.False(session.Partial);
        Assert.Equal(scene.Events.Count, Assert.Single(session.Files).Records);
    }

    [Fact]
    public void A_run_whose_timeline_is_damaged_is_read_as_far_as_it_goes()
    {
        Scene scene = new();
        for (int count = 0; count < 2000; count++)
        {
            scene.Add(new Fact.ProcessForked(count));
        }

        Write(scene.Events);
        string file = Path.Combine(_folder, "timeline.db");
        byte[] bytes = File.ReadAllBytes(file);
        bytes.AsSpan(bytes.Length / 2, 20_000).Fill(0x55);
        File.WriteAllBytes(file, bytes);

        using ReplaySession session = ReplaySession.Open([_folder], DetectorSet.Standard());
        _ = session.Read(CancellationToken.None).Count();

        Assert.True(session.Partial);
        Assert.InRange(Assert.Single(session.Files).Records, 1, 1999);
    }

    private void Write(IReadOnlyList<Event> events)
    {
        using TimelineWriter writer = TimelineWriter.Create(Path.Combine(_folder, "timeline.db"), durable: false);
        writer.Append(events);
    }
}
