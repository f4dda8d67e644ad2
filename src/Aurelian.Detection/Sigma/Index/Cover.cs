namespace Aurelian.Detection;

/// <summary>
/// Chooses what a rule is looked up by: keys of which one must hold whenever the rule does. Of an <c>and</c> the part
/// that is seldom seen and that few other rules share; of an <c>or</c> something of every part.
/// </summary>
internal sealed class Cover
{
    private readonly Dictionary<IndexKey, int> _rules = [];

    /// <summary>To be called with every rule before the first choice.</summary>
    internal void Count(Expression expression)
    {
        HashSet<IndexKey> keys = [];
        Collect(expression, keys);
        foreach (IndexKey key in keys)
        {
            _rules[key] = _rules.GetValueOrDefault(key) + 1;
        }
    }

    /// <summary>Null: the rule may match whatever an event has, and must be tried on each.</summary>
    internal IReadOnlyList<IndexKey>? Choose(Expression expression) => Best(expression)?.Keys;

    private static void Collect(Expression expression, HashSet<IndexKey> keys)
    {
        switch (expression)
        {
            case Expression.Is { Test.Needs: { } needs }:
                keys.UnionWith(needs);
                break;
            case Expression.And { Operands: var operands }:
                Each(operands, keys);
                break;
            case Expression.Or { Operands: var operands }:
                Each(operands, keys);
                break;
            case Expression.AtLeast { Operands: var operands }:
                Each(operands, keys);
                break;
        }
    }

    private static void Each(IEnumerable<Expression> operands, HashSet<IndexKey> keys)
    {
        foreach (Expression operand in operands)
        {
            Collect(operand, keys);
        }
    }

    private (List<IndexKey> Keys, double Cost)? Best(Expression expression) => expression switch
    {
        Expression.Is { Test.Needs: { } needs } => ([.. needs], needs.Sum(Cost)),
        Expression.And { Operands: var operands } => operands.Select(Best).Where(each => each is not null)
            .MinBy(each => each!.Value.Cost),
        Expression.Or { Operands: var operands } => Together(operands),
        Expression.AtLeast { Operands: var operands } => Together(operands),
        _ => null,
    };

    private (List<IndexKey>, double)? Together(IEnumerable<Expression> operands)
    {
        List<IndexKey> keys = [];
        double cost = 0;
        foreach (Expression operand in operands)
        {
            if (Best(operand) is not { } best)
            {
                return null;
            }

            keys.AddRange(best.Keys);
            cost += best.Cost;
        }

        return (keys, cost);
    }

    /// <summary>A guess at how often it holds, times the rules that it would then have tried.</summary>
    private double Cost(IndexKey key)
    {
        double chance = key.Place switch
        {
            IndexPlace.Whole => 0.01,
            IndexPlace.Network => 0.02,
            _ => key.Text.Length switch { 1 => 0.5, 2 => 0.25, 3 => 0.12, 4 => 0.05, < 8 => 0.02, _ => 0.01 },
        };
        return chance * (key.Place is IndexPlace.Start or IndexPlace.End ? 0.5 : 1) * _rules.GetValueOrDefault(key, 1);
    }
}
