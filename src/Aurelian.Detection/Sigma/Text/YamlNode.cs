namespace Aurelian.Detection;

/// <summary>What a YAML document says, as far as rules need it: no tags, no types.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Weight">Nodes in it, each reference to an anchor counted in full.</param>
public abstract record YamlNode(int Line, long Weight)
{
    /// <param name="Plain">Without quotes: <c>null</c>, <c>true</c> and <c>5</c> are more than text then.</param>
    public sealed record Scalar(int Line, string Value, bool Plain) : YamlNode(Line, 1)
    {
        public bool IsNull => Plain && (Value is "" or "~" or "null" or "Null" or "NULL");
    }

    public sealed record Sequence(int Line, long Weight, IReadOnlyList<YamlNode> Items) : YamlNode(Line, Weight);

    /// <summary>In the order written; no key occurs twice.</summary>
    public sealed record Mapping(int Line, long Weight, IReadOnlyList<KeyValuePair<string, YamlNode>> Items)
        : YamlNode(Line, Weight)
    {
        public YamlNode? this[string key] => Items.FirstOrDefault(each => each.Key == key).Value;

        /// <summary>Null where it is missing, null or no single value.</summary>
        public string? Text(string key) => this[key] is Scalar { IsNull: false } scalar ? scalar.Value.Trim() : null;

        /// <summary>A list of values, or one value as a list of one.</summary>
        public IReadOnlyList<string> Texts(string key) => this[key] switch
        {
            Scalar { IsNull: false } scalar => [scalar.Value],
            Sequence sequence => [.. sequence.Items.OfType<Scalar>().Select(each => each.Value)],
            _ => [],
        };
    }
}
