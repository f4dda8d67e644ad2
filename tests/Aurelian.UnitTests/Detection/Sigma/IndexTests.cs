using Aurelian.Bench;
using Aurelian.Detection;
using Aurelian.Events;
using CsCheck;

namespace Aurelian.UnitTests.Detection.Sigma;

/// <summary>The index leaves nothing out, and leaves out nearly everything.</summary>
public sealed class IndexTests
{
    private static readonly string[] Words =
        ["curl", "wget", "/bin/", "sh", "-c", "nc", "-e", "a", "tmp", "CURL", "base64", "", "s", "/usr/bin/curl"];

    private static readonly string[] Keys =
    [
        "CommandLine|contains", "CommandLine|startswith", "CommandLine|endswith", "CommandLine", "Image|endswith",
        "Image", "CommandLine|contains|all", "CommandLine|re", "CommandLine|re|i", "User", "Image|neq",
    ];

    private static readonly string[] Conditions =
    [
        "one", "one and two", "one or two", "one and not two", "not one", "1 of them", "all of them",
        "(one or two) and three", "one and 1 of t*", "2 of them",
    ];

    private static readonly Gen<string> Selection = Gen.Select(
        Gen.Int[0, Keys.Length - 1], Gen.Int[0, Words.Length - 1].Array[1, 3], Gen.Int[0, 3]).Select(each =>
    {
        string[] values = [.. each.Item2.Select(word => "'" + (each.Item3 == 0 && !Keys[each.Item1].Contains("re")
            ? $"{Words[word]}*{Words[(word + 1) % Words.Length]}" : Words[word]) + "'")];
        return $"    {Keys[each.Item1]}: [{string.Join(", ", values)}]";
    });

    private static readonly Gen<string> Rule = Gen.Select(
        Selection, Selection, Selection, Gen.Int[0, Conditions.Length - 1]).Select(each => SigmaScene.Rule(
            $"one:\n{each.Item1}\ntwo:\n{each.Item2}\nthree:\n{each.Item3}", Conditions[each.Item4]));

    private static readonly Gen<string[]> Arguments =
        Gen.Int[0, Words.Length - 1].Select(word => Words[word]).Array[1, 6];

    [Fact]
    public void A_rule_among_many_matches_what_it_matches_alone() => Gen.Select(Rule.Array[2, 8], Arguments).Sample(
        (rules, arguments) =>
        {
            string image = "/usr/bin/" + arguments[0];
            SigmaScene together = new(rules);
            string[] found = [.. together.Exec(10, image, arguments).Found];
            for (int at = 0; at < rules.Length; at++)
            {
                // Tried without an index: a rule that is also true of everything is tried on everything.
                SigmaScene alone = new(rules[at]);
                bool asked = Ask(alone.Rules.Rules[0].Detection!, image, arguments);
                Assert.True(asked == found.Contains($"r{at}"), rules[at] + string.Join(' ', arguments));
            }
        }, iter: 300, threads: 1);

    [Fact]
    public void Ten_thousand_rules_are_tried_as_seldom_as_a_hundred()
    {
        long few = Asked(100), many = Asked(10_000);

        Assert.InRange(many, 0, Math.Max(3 * few, 60));
        Assert.InRange(few, 1, 2000);
    }

    /// <summary>Copies of a rule are one test, however many there are.</summary>
    [Fact]
    public void Copies_of_a_rule_are_tried_once()
    {
        string rule = SigmaScene.Rule("selection:\n    Image|endswith: /curl\n    CommandLine|contains: secret");
        SigmaScene scene = new([.. Enumerable.Repeat(rule, 500)]);

        scene.Exec(10, "/usr/bin/curl", "curl", "-T", "secret");

        Assert.Equal(1, scene.Detector.Asked);
        Assert.Equal(500, scene.Findings.Count);
    }

    [Fact]
    public void An_event_that_nothing_matches_allocates_nothing()
    {
        SigmaScene scene = new([.. Enumerable.Range(0, 300).Select(SampleRules.Rule)]);
        Event[] events = [.. SampleRules.Events(200)];
        List<Finding> findings = [];
        foreach (Event occurred in events)
        {
            scene.Detector.Observe(occurred, findings);
        }

        // A collection that another test causes counts the rest of this thread's room as used: the least is ours.
        long least = long.MaxValue;
        for (int round = 0; round < 20; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            foreach (Event occurred in events)
            {
                scene.Detector.Observe(occurred, findings);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
        Assert.Empty(findings);
    }

    private static long Asked(int rules)
    {
        SigmaScene scene = new([.. Enumerable.Range(0, rules).Select(SampleRules.Rule)]);
        Assert.Equal(rules, scene.Rules.Rules.Count);
        List<Finding> findings = [];
        foreach (Event occurred in SampleRules.Events(1000))
        {
            scene.Detector.Observe(occurred, findings);
        }

        return scene.Detector.Asked;
    }

    private static bool Ask(Expression expression, string image, string[] arguments)
    {
        EventView view = new();
        Fact.ProcessExecuted executed = new(1, image, [.. arguments], false, false, "/work", "root");
        view.Look(new Event(1, default, 1, default, executed), SigmaSource.ProcessCreation, executed);
        return Ask(expression, view);
    }

    private static bool Ask(Expression expression, EventView view) => expression switch
    {
        Expression.Is(FieldTest test) => test.Holds(view),
        Expression.Not(Expression operand) => !Ask(operand, view),
        Expression.And(IReadOnlyList<Expression> all) => all.All(each => Ask(each, view)),
        Expression.Or(IReadOnlyList<Expression> any) => any.Any(each => Ask(each, view)),
        Expression.AtLeast(int count, IReadOnlyList<Expression> several) =>
            several.Count(each => Ask(each, view)) >= count,
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
