using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Aurelian.Detection;

/// <summary>The documents of a YAML text, or what is wrong with it and where. Never throws.</summary>
/// <remarks>
/// YamlDotNet tells tokens; the tree is made here, within bounds: an alias counts what it stands for, so that a few
/// lines cannot stand for billions of nodes.
/// </remarks>
public static class YamlText
{
    /// <summary>The longest rule file of SigmaHQ has 40 kB.</summary>
    public const int CharactersMax = 1 << 20;

    private const int DepthMax = 32;
    private const int NodesMax = 200_000;

    public static (IReadOnlyList<YamlNode> Documents, string? Mistake) Read(string text)
    {
        if (text.Length > CharactersMax)
        {
            return ([], $"is longer than {CharactersMax} characters");
        }

        try
        {
            return (new Reader(text).Documents(), null);
        }
        catch (YamlException exception)
        {
            return ([], $"line {exception.Start.Line}: {exception.Message}");
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException
            or FormatException or OverflowException or IndexOutOfRangeException)
        {
            // Of damaged escapes and directives the parser may make these.
            return ([], $"is no YAML: {exception.Message}");
        }
    }

    private sealed class Reader(string text)
    {
        private readonly Parser _parser = new(new StringReader(text));
        private readonly Dictionary<string, YamlNode> _anchors = [];
        private long _nodes;

        internal List<YamlNode> Documents()
        {
            List<YamlNode> documents = [];
            _parser.Consume<StreamStart>();
            while (!_parser.Accept<StreamEnd>(out _))
            {
                _anchors.Clear();
                _parser.Consume<DocumentStart>();
                YamlNode document = Node(0);
                _parser.Consume<DocumentEnd>();
                if (document is not YamlNode.Scalar { IsNull: true })
                {
                    documents.Add(document);
                }
            }

            return documents;
        }

        private YamlNode Node(int depth)
        {
            _parser.Accept<ParsingEvent>(out _);
            ParsingEvent current = _parser.Current!;
            if (depth > DepthMax)
            {
                throw new YamlException(current.Start, current.End, $"is nested deeper than {DepthMax}");
            }

            if (current is AnchorAlias alias)
            {
                _parser.SkipThisAndNestedEvents();
                return Count(_anchors.GetValueOrDefault(alias.Value.Value)
                    ?? throw new YamlException(alias.Start, alias.End, $"'*{alias.Value}' stands for nothing"), alias);
            }

            AnchorName anchor = (current as NodeEvent)?.Anchor ?? AnchorName.Empty;
            YamlNode node = Count(Content(current, depth), current);
            if (!anchor.IsEmpty)
            {
                _anchors[anchor.Value] = node;
            }

            return node;
        }

        /// <summary>Each node once, and once more for each alias of it.</summary>
        private YamlNode Count(YamlNode node, ParsingEvent at)
        {
            _nodes += at is AnchorAlias ? node.Weight : 1;
            return _nodes <= NodesMax ? node
                : throw new YamlException(at.Start, at.End, $"stands for more than {NodesMax} values");
        }

        private YamlNode Content(ParsingEvent current, int depth)
        {
            int line = (int)current.Start.Line;
            if (current is Scalar scalar)
            {
                _parser.SkipThisAndNestedEvents();
                return new YamlNode.Scalar(line, scalar.Value, scalar.Style == ScalarStyle.Plain);
            }

            return _parser.TryConsume<SequenceStart>(out _) ? Sequence(line, depth) : Mapping(line, depth);
        }

        private YamlNode.Sequence Sequence(int line, int depth)
        {
            List<YamlNode> items = [];
            while (!_parser.TryConsume<SequenceEnd>(out _))
            {
                items.Add(Node(depth + 1));
            }

            return new YamlNode.Sequence(line, 1 + items.Sum(each => each.Weight), items);
        }

        private YamlNode.Mapping Mapping(int line, int depth)
        {
            _parser.Consume<MappingStart>();
            List<KeyValuePair<string, YamlNode>> items = [];
            HashSet<string> keys = [];
            while (!_parser.TryConsume<MappingEnd>(out _))
            {
                Scalar key = _parser.Consume<Scalar>();
                if (!keys.Add(key.Value))
                {
                    throw new YamlException(key.Start, key.End, $"'{key.Value}' is said twice");
                }

                items.Add(KeyValuePair.Create(key.Value, Node(depth + 1)));
            }

            return new YamlNode.Mapping(line, 1 + items.Sum(each => each.Value.Weight), items);
        }
    }
}
