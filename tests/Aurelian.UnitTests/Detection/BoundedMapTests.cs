using System.Net;
using Aurelian.Detection;
using Aurelian.Events;
using CsCheck;

namespace Aurelian.UnitTests.Detection;

public sealed class BoundedMapTests
{
    [Fact]
    public void It_holds_what_a_plain_list_bounded_alike_would_hold() =>
        Gen.Select(Gen.Int[1, 9], Gen.Select(Gen.Int[0, 20], Gen.Bool).Array[0, 200]).Sample((max, steps) =>
        {
            BoundedMap<int, int> map = new(max);
            List<(int Key, int Value)> model = [];
            for (int at = 0; at < steps.Length; at++)
            {
                (int key, bool set) = steps[at];
                int known = model.FindIndex(each => each.Key == key);
                if (!set)
                {
                    map.Remove(key);
                    model.RemoveAll(each => each.Key == key);
                }
                else if (known >= 0)
                {
                    map.Set(key, at);
                    model[known] = (key, at);
                }
                else
                {
                    map.Set(key, at);
                    model.RemoveRange(0, Math.Max(0, model.Count - max + 1));
                    model.Add((key, at));
                }

                Assert.Equal(model.OrderBy(each => each.Key), map.Entries.Select(each => (each.Key, each.Value))
                    .OrderBy(each => each.Key));
            }
        });

    [Fact]
    public void A_sandbox_that_fills_a_table_pushes_out_nobody_else()
    {
        Evictions evictions = new();
        BoundedMap<int, string> map = new(100);
        for (int at = 0; at < 40; at++)
        {
            As(evictions, "quiet", () => map.Set(at, "quiet"));
        }

        for (int at = 1000; at < 9000; at++)
        {
            As(evictions, "flood", () => map.Set(at, "flood"));
        }

        Assert.Equal(40, map.Entries.Count(each => each.Value == "quiet"));
        Assert.Equal(8000 - 60, evictions.Total);
    }

    /// <summary>A long run has more sandboxes than a table has room: those at work came last.</summary>
    [Fact]
    public void Of_many_sandboxes_with_one_entry_each_the_first_is_forgotten()
    {
        Evictions evictions = new();
        BoundedMap<int, int> map = new(100);
        for (int at = 0; at < 1000; at++)
        {
            As(evictions, $"e{at}", () => map.Set(at, at));
        }

        Assert.Equal(Enumerable.Range(900, 100), map.Entries.Select(each => each.Key).Order());
    }

    [Fact]
    public void Weighed_it_holds_no_more_bytes_than_its_bound()
    {
        BoundedMap<int, int> map = new(100, 1000, weight => weight);
        for (int at = 1; at <= 20; at++)
        {
            map.Set(at, 100);
        }

        Assert.Equal((1000, 10), (map.Bytes, map.Count));
        map.Set(20, 950);
        Assert.Equal([20], map.Entries.Select(each => each.Key));
        map.Set(20, 50);
        map.Set(21, 60);
        map.Remove(20);
        Assert.Equal((60, 1), (map.Bytes, map.Count));
    }

    [Fact]
    public void Who_holds_most_of_the_bytes_is_forgotten_first_however_few_its_entries()
    {
        Evictions evictions = new();
        BoundedMap<int, int> map = new(1000, 10_000, weight => weight);
        for (int at = 0; at < 40; at++)
        {
            As(evictions, "quiet", () => map.Set(at, 10));
        }

        for (int at = 1000; at < 1100; at++)
        {
            As(evictions, "flood", () => map.Set(at, 4000));
        }

        Assert.Equal(40, map.Entries.Count(each => each.Value == 10));
        Assert.Equal(98, evictions.Total);
    }

    [Fact]
    public void Entries_that_come_and_go_cost_nothing()
    {
        BoundedMap<int, int> map = new(1000);
        void Turn()
        {
            for (int at = 0; at < 2000; at++)
            {
                map.Set(at, at);
                map.Remove(at);
            }
        }

        Turn();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Turn();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void A_sandbox_that_fills_a_detector_s_table_is_suspect_once_and_no_other_is()
    {
        DetectorSet detectors = DetectorSet.Standard();
        List<Finding> findings = [];
        for (int at = 1; at <= 66_000; at++)
        {
            Subject subject = new(new RunId("r"), null, new EpisodeId("e1"), new ToolCallId("e1.c1"),
                new SandboxId(at % 1000 == 0 ? "e2" : "e1"));
            Endpoint to = new(IPAddress.Parse("203.0.113.7"), 443);
            detectors.Observe(
                new Event(at, default, at, subject, new Fact.FlowOpened(new FlowId($"f{at}"), to, to, Transport.Tcp,
                    "mirror.example")), findings);
        }

        Finding flood = Assert.Single(findings, finding => finding.Rule == "evasion-flood");
        Assert.Equal((Severity.Medium, Category.Evasion), (flood.Severity, flood.Category));
        Assert.Equal("e1", flood.Subject.Sandbox!.Value.Value);
        Assert.InRange(detectors.Forgotten, 400, 1000);
    }

    private static void As(Evictions evictions, string sandbox, Action act)
    {
        Event occurred = new(1, default, 0, new Subject(Sandbox: new SandboxId(sandbox)), new Fact.Tick());
        evictions.Begin(occurred);
        act();
        evictions.End(occurred, []);
    }
}
