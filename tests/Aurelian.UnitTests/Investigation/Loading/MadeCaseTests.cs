using System.IO.Compression;
using Aurelian.Investigation;
using Aurelian.Investigation.Answer;
using Aurelian.Investigation.Cases;
using Aurelian.Investigation.Loading;
using Aurelian.Investigation.Simulate;
using Aurelian.UnitTests.Tidy;

namespace Aurelian.UnitTests.Investigation.Loading;

/// <summary>The readers against the generator: what was made is what is read, and what a shared case holds is found.
/// </summary>
public sealed class MadeCaseTests
{
    private static readonly string Shared = Path.GetFullPath(
        Path.Combine(Repository.Root, "../shared/investigate/cases"));

    private static readonly SimulationSetting Small = new()
    {
        Name = "small", Episodes = 40, Concurrency = 8, GroupsPerStep = 1, Tasks = 4, CulpritAlerts = 30, NatShare = 1,
        BackgroundPerHour = 6,
    };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_made_case_is_read_as_it_was_made(bool packed)
    {
        SimulatedCase made = CaseSimulator.Make(Small, 5);
        string folder = Directory.CreateTempSubdirectory("aurelian-case-").FullName;
        try
        {
            InvestigationCase read = Read(made, folder, packed);

            Assert.Equal(made.Case.Alerts.Select(Compared), read.Alerts.Select(Compared));
            Assert.Equal(made.Case.Calls.Select(Compared).OrderBy(each => each.Id, StringComparer.Ordinal),
                read.Calls.Select(Compared).OrderBy(each => each.Id, StringComparer.Ordinal));
            Assert.Equal(made.Case.Flows.Select(Compared).Order(), read.Flows.Select(Compared).Order());
            Assert.Equal((made.Case.GrainSeconds, made.Case.ZoneShiftSeconds, false),
                (read.GrainSeconds, read.ZoneShiftSeconds, read.Partial));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Alerts_that_conntrack_joins_are_exact_and_right()
    {
        SimulatedCase made = CaseSimulator.Make(Small, 6);
        string folder = Directory.CreateTempSubdirectory("aurelian-case-").FullName;
        try
        {
            InvestigationCase read = Read(made, folder, packed: false);
            InvestigationAnswer answer = Investigator.Investigate(
                read, new InvestigationOptions { NullRounds = 5, Sweeps = 60 });

            Assert.Equal(Conclusion.Found, answer.Conclusion);
            Assert.Contains(made.Truth.Alerts, cause => cause.Exact);
            for (int index = 0; index < read.Alerts.Count; index++)
            {
                if (made.Truth.Alerts[index] is { Exact: true, Call: { } call })
                {
                    Assert.True(answer.Alerts[index].Exact, $"line {read.Alerts[index].Line}");
                    Assert.All(answer.Alerts[index].Candidates, candidate =>
                        Assert.Equal(made.Case.Calls[call].Episode, candidate.Episode));
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("easy", 106, 2441)]
    [InlineData("rome64", 223, 39_351)]
    [InlineData("nat", 205, 10_901)]
    public void A_shared_case_is_read_whole(string name, int alerts, int calls)
    {
        string folder = Path.Combine(Shared, name);
        Assert.SkipUnless(Directory.Exists(folder), "the shared cases are not beside this checkout");

        InvestigationCase read = Assert.IsType<CaseLoad.Loaded>(CaseLoader.Load(
            new CaseFiles
            {
                Firewall = [Path.Combine(folder, "alerts.json")], Traces = [Path.Combine(folder, "traces.jsonl.gz")],
            }, null, CancellationToken.None)).Case;

        Assert.Equal((alerts, calls, false, 1, 0), (read.Alerts.Count, read.Calls.Count, read.Partial,
            (int)read.GrainSeconds, (int)read.ZoneShiftSeconds));
        Assert.All(read.Calls, call => Assert.True(call.SandboxEnd > call.SandboxStart
            && call is { Task: not null, Checkpoint: not null, HostAddress: not null }, call.Id));
    }

    [Fact]
    public void The_example_is_what_the_generator_makes_of_its_seed()
    {
        string folder = Path.Combine(Repository.Root, "examples/investigate");
        SimulatedCase made = CaseSimulator.Make(SimulationSetting.All["two"], 3);

        InvestigationCase read = Assert.IsType<CaseLoad.Loaded>(CaseLoader.Load(
            new CaseFiles { Firewall = [$"{folder}/alerts.json"], Traces = [$"{folder}/traces.jsonl.gz"] }, null,
            CancellationToken.None)).Case;

        Assert.Equal(made.Case.Alerts.Select(Compared), read.Alerts.Select(Compared));
        Assert.Equal(made.Case.Calls.Count, read.Calls.Count);
    }

    private static InvestigationCase Read(SimulatedCase made, string folder, bool packed)
    {
        CaseFolder.Write(made, folder);
        string traces = Path.Combine(folder, "traces.jsonl");
        if (packed)
        {
            using FileStream target = File.Create($"{traces}.gz");
            using GZipStream gzip = new(target, CompressionLevel.Fastest);
            gzip.Write(File.ReadAllBytes(traces));
            traces += ".gz";
        }

        return Assert.IsType<CaseLoad.Loaded>(CaseLoader.Load(
            new CaseFiles
            {
                Firewall = [Path.Combine(folder, "alerts.json")], Traces = [traces],
                Flows = [Path.Combine(folder, "conntrack.log")],
            }, null, CancellationToken.None)).Case;
    }

    private static (int, double, string, string?, int?, string?, int?, int?) Compared(CaseAlert alert) => (
        alert.Line, alert.Time, alert.Type, alert.SourceAddress, alert.SourcePort, alert.DestinationAddress,
        alert.DestinationPort, alert.DuplicateOf);

    private static (string Id, string, string?, string?, string?, string?, long?, string?, long, long, long, long)
        Compared(CaseCall call) => (
        call.Id, call.Episode, call.Task, call.Tool, call.Command, call.Checkpoint, call.Step, call.HostAddress,
        Micro(call.Start), Micro(call.End), Micro(call.SandboxStart), Micro(call.SandboxEnd));

    private static (long, string?, int?, string, int?, string?, int?) Compared(CaseFlow flow) => (
        Micro(flow.Time), flow.SourceAddress, flow.SourcePort, flow.DestinationAddress, flow.DestinationPort,
        flow.TranslatedAddress, flow.TranslatedPort);

    private static long Micro(double seconds) => (long)Math.Round(seconds * 1e6);
}
