using Aurelian.Detection;
using CsCheck;

namespace Aurelian.UnitTests.Detection.Sigma;

public sealed class ConditionTests
{
    private static readonly string[] Names = ["alpha", "beta", "filter_one", "filter_two", "_hidden"];

    private static readonly Gen<Tree> Trees = Gen.Recursive<Tree>((depth, inner) => depth > 4
        ? Leaf : Gen.OneOf(
            Leaf, inner.Select(each => (Tree)new Tree.No(each)),
            Gen.Select(inner, inner).Select(each => (Tree)new Tree.Two(each.Item1, each.Item2, true)),
            Gen.Select(inner, inner).Select(each => (Tree)new Tree.Two(each.Item1, each.Item2, false))));

    private static Gen<Tree> Leaf => Gen.OneOf(
        Gen.Int[0, Names.Length - 1].Select(each => (Tree)new Tree.Name(Names[each])),
        One("1 of filter_*", "all of filter_*", "1 of them", "all of them", "2 of them", "any of *a")
            .Select(each => (Tree)new Tree.Several(each)));

    /// <summary>Written with as few parentheses as precedence allows, read, and asked for every truth of the names.
    /// </summary>
    [Fact]
    public void A_condition_means_what_its_tree_means() => Trees.Sample(tree =>
    {
        Dictionary<string, Expression> selections = Names.ToDictionary(
            name => name, name => (Expression)new Expression.Is(new FieldTest(name, _ => false, null)));
        Expression read = ConditionParser.Parse(tree.Write(0), selections);
        for (int truth = 0; truth < 1 << Names.Length; truth++)
        {
            bool Holds(string name) => (truth >> Array.IndexOf(Names, name) & 1) == 1;
            Assert.True(tree.Holds(Holds) == Ask(read, Holds), tree.Write(0));
        }
    }, iter: 2000, threads: 1);

    /// <summary>Any words in any order: a reading or a refusal, and never anything else.</summary>
    [Fact]
    public void Any_words_are_read_or_refused() => One(
        "alpha", "beta", "(", ")", "and", "or", "not", "1", "all", "of", "them", "*", "filter_*", "|", "count()", "'",
        "NOT", "99999999999", "any").Array[0, 30].Sample(words =>
    {
        Dictionary<string, Expression> selections = Names.ToDictionary(
            name => name, name => (Expression)new Expression.Is(new FieldTest(name, _ => false, null)));
        try
        {
            ConditionParser.Parse(string.Join(' ', words), selections);
        }
        catch (RefusedException refused)
        {
            Assert.Contains("condition", refused.Message, StringComparison.Ordinal);
        }
    }, iter: 5000, threads: 1);

    [Theory]
    [InlineData("alpha | count() > 5", "correlation rule")]
    [InlineData("gamma", "'gamma'")]
    [InlineData("1 of gamma_*", "gamma_*")]
    [InlineData("alpha and", "ends where")]
    [InlineData("alpha beta", "'beta'")]
    [InlineData("(alpha", "lacks a ')'")]
    [InlineData("some of alpha", "'some of'")]
    [InlineData("alpha near beta", "'near'")]
    public void A_condition_that_says_nothing_is_refused_by_name(string condition, string reason) => Assert.Contains(
        reason, SigmaScene.Refused(SigmaScene.Rule(
            "alpha:\n    Image: x\nbeta:\n    Image: y", $"'{condition}'")), StringComparison.Ordinal);

    [Fact]
    public void A_deep_condition_is_refused_and_overflows_nothing() => Assert.Contains(
        "nested deeper", SigmaScene.Refused(SigmaScene.Rule(
            "alpha:\n    Image: x", new string('(', 1000) + "alpha" + new string(')', 1000))),
        StringComparison.Ordinal);

    private static Gen<string> One(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(each => texts[each]);

    private static bool Ask(Expression expression, Func<string, bool> holds) => expression switch
    {
        Expression.Is(FieldTest test) => holds(test.Key),
        Expression.Not(Expression operand) => !Ask(operand, holds),
        Expression.And(IReadOnlyList<Expression> all) => all.All(each => Ask(each, holds)),
        Expression.Or(IReadOnlyList<Expression> any) => any.Any(each => Ask(each, holds)),
        Expression.AtLeast(int count, IReadOnlyList<Expression> several) =>
            several.Count(each => Ask(each, holds)) >= count,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private abstract record Tree
    {
        internal abstract bool Holds(Func<string, bool> holds);

        internal abstract string Write(int binding);

        internal sealed record Name(string Text) : Tree
        {
            internal override bool Holds(Func<string, bool> holds) => holds(Text);

            internal override string Write(int binding) => Text;
        }

        internal sealed record Several(string Text) : Tree
        {
            internal override bool Holds(Func<string, bool> holds) => Text switch
            {
                "1 of filter_*" => holds("filter_one") || holds("filter_two"),
                "all of filter_*" => holds("filter_one") && holds("filter_two"),
                "1 of them" => Names.Any(name => name[0] != '_' && holds(name)),
                "all of them" => Names.All(name => name[0] == '_' || holds(name)),
                "2 of them" => Names.Count(name => name[0] != '_' && holds(name)) >= 2,
                _ => holds("alpha") || holds("beta"),
            };

            internal override string Write(int binding) => Text;
        }

        internal sealed record No(Tree Operand) : Tree
        {
            internal override bool Holds(Func<string, bool> holds) => !Operand.Holds(holds);

            internal override string Write(int binding) => $"not {Operand.Write(3)}";
        }

        /// <summary>How tightly it binds: or 1, and 2, not 3.</summary>
        internal sealed record Two(Tree First, Tree Second, bool IsAnd) : Tree
        {
            internal override bool Holds(Func<string, bool> holds) =>
                IsAnd ? First.Holds(holds) && Second.Holds(holds) : First.Holds(holds) || Second.Holds(holds);

            internal override string Write(int binding)
            {
                int own = IsAnd ? 2 : 1;
                string text = $"{First.Write(own)} {(IsAnd ? "and" : "or")} {Second.Write(own)}";
                return binding > own ? $"({text})" : text;
            }
        }
    }
}
