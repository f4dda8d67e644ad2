namespace Aurelian.Detection;

/// <summary>A rule's detection as logic over tests of single fields.</summary>
internal abstract record Expression
{
    private Expression()
    {
    }

    internal sealed record Is(FieldTest Test) : Expression;

    internal sealed record Not(Expression Operand) : Expression;

    internal sealed record And(IReadOnlyList<Expression> Operands) : Expression;

    internal sealed record Or(IReadOnlyList<Expression> Operands) : Expression;

    /// <summary>At least so many of them.</summary>
    internal sealed record AtLeast(int Count, IReadOnlyList<Expression> Operands) : Expression;

    internal static Expression All(IReadOnlyList<Expression> operands) =>
        operands.Count == 1 ? operands[0] : new And(operands);

    internal static Expression Any(IReadOnlyList<Expression> operands) =>
        operands.Count == 1 ? operands[0] : new Or(operands);
}

/// <summary>Why a rule cannot be honoured: told by name, never skipped in silence.</summary>
internal sealed class RefusedException(string reason) : Exception(reason);
