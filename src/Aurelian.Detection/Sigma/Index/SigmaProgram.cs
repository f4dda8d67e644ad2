using System.Diagnostics;

namespace Aurelian.Detection;

/// <summary>
/// A set of rules as one graph: what two rules ask alike is one node, asked once an event; rules that ask the same are
/// one root. Only roots that the index finds are asked at all.
/// </summary>
internal sealed class SigmaProgram
{
    private readonly Dictionary<string, int> _nodeOf = [];
    private readonly List<Node> _nodes = [];
    private readonly SourceIndex?[] _indexes = new SourceIndex?[Enum.GetValues<SigmaSource>().Length];
    private readonly int _literals;
    private readonly Dictionary<(SigmaSource, int), int> _rootOf = [];
    private readonly List<(int Node, List<int> Rules)> _roots = [];

    /// <param name="rules">Each with its number.</param>
    internal SigmaProgram(IReadOnlyList<(int Number, SigmaSource Source, Expression Detection)> rules)
    {
        Cover cover = new();
        foreach ((_, _, Expression detection) in rules)
        {
            cover.Count(detection);
        }

        List<(SigmaSource Source, int Root, IReadOnlyList<IndexKey>? Keys)> indexed = [];
        foreach ((int number, SigmaSource source, Expression detection) in rules)
        {
            int node = Add(detection);
            if (!_rootOf.TryGetValue((source, node), out int root))
            {
                _rootOf[(source, node)] = root = _roots.Count;
                _roots.Add((node, []));
                indexed.Add((source, root, cover.Choose(detection)));
            }

            _roots[root].Rules.Add(number);
        }

        foreach (var group in indexed.GroupBy(each => each.Source))
        {
            _indexes[(int)group.Key] = new SourceIndex(
                [.. group.Select(each => (each.Root, each.Keys))], ref _literals);
        }

        _nodeOf.Clear();
    }

    /// <summary>Rules that ask the same are one.</summary>
    internal int Roots => _roots.Count;

    /// <summary>Of a source's roots, those that are tried on each of its events.</summary>
    internal int Always(SigmaSource source) => _indexes[(int)source]?.Always ?? 0;

    /// <summary>What one detector needs beside the program to run it: programs are shared.</summary>
    internal Run Start() => new(this);

    private int Add(Expression expression)
    {
        switch (expression)
        {
            case Expression.Is(FieldTest test):
                return Intern("t" + test.Key, () => new Node(NodeKind.Test, test.Holds, [], 0));
            case Expression.Not(Expression operand):
                int inner = Add(operand);
                return Intern($"n{inner}", () => new Node(NodeKind.Not, null, [inner], 0));
            case Expression.And(IReadOnlyList<Expression> operands):
                return AddAll(NodeKind.And, operands, 0);
            case Expression.Or(IReadOnlyList<Expression> operands):
                return AddAll(NodeKind.Or, operands, 0);
            case Expression.AtLeast(int count, IReadOnlyList<Expression> operands):
                return AddAll(NodeKind.AtLeast, operands, count);
            default:
                throw new UnreachableException();
        }
    }

    private int AddAll(NodeKind kind, IReadOnlyList<Expression> operands, int count)
    {
        int[] nodes = [.. operands.Select(Add)];
        return Intern($"{kind}{count}:{string.Join(',', nodes)}", () => new Node(kind, null, nodes, count));
    }

    private int Intern(string key, Func<Node> make)
    {
        if (!_nodeOf.TryGetValue(key, out int node))
        {
            _nodeOf[key] = node = _nodes.Count;
            _nodes.Add(make());
        }

        return node;
    }

    private enum NodeKind
    {
        Test, Not, And, Or, AtLeast,
    }

    private sealed record Node(NodeKind Kind, EventTest? Test, int[] Operands, int Count);

    internal sealed class Run(SigmaProgram program)
    {
        private readonly CandidateSet _candidates = new(program._roots.Count, program._literals);
        private readonly long[] _askedAt = new long[program._nodes.Count];
        private readonly bool[] _answers = new bool[program._nodes.Count];

        /// <summary>Roots that the index found and that were asked, since the start.</summary>
        internal long Asked { get; private set; }

        /// <summary>Adds the numbers of the rules that the event matches, in order.</summary>
        internal void Match(EventView view, List<int> matched)
        {
            if (program._indexes[(int)view.Source] is not { } index)
            {
                return;
            }

            _candidates.Clear();
            index.Find(view, _candidates);
            foreach (int root in _candidates.Items)
            {
                Asked++;
                if (Holds(program._roots[root].Node, view))
                {
                    matched.AddRange(program._roots[root].Rules);
                }
            }

            if (matched.Count > 1)
            {
                matched.Sort();
            }
        }

        private bool Holds(int at, EventView view)
        {
            if (_askedAt[at] != _candidates.Now)
            {
                _answers[at] = Ask(program._nodes[at], view);
                _askedAt[at] = _candidates.Now;
            }

            return _answers[at];
        }

        private bool Ask(Node node, EventView view)
        {
            switch (node.Kind)
            {
                case NodeKind.Test:
                    return node.Test!(view);
                case NodeKind.Not:
                    return !Holds(node.Operands[0], view);
                case NodeKind.And:
                    foreach (int operand in node.Operands)
                    {
                        if (!Holds(operand, view))
                        {
                            return false;
                        }
                    }

                    return true;
                default:
                    int missing = Math.Max(1, node.Count);
                    foreach (int operand in node.Operands)
                    {
                        missing -= Holds(operand, view) ? 1 : 0;
                        if (missing == 0)
                        {
                            return true;
                        }
                    }

                    return false;
            }
        }
    }
}
