using System.Globalization;
using System.Text.Json.Serialization;

namespace Aurelian.Events;

/// <summary>
/// One tool call: the unit of attribution. The text is the episode, a dot, and <c>c</c> with the call's number from 1,
/// or <c>grade</c>: <c>e3.c2</c>, <c>e3.grade</c>. It is also the name of the call's cgroup.
/// </summary>
[JsonConverter(typeof(IdentifierConverter<ToolCallId>))]
public readonly record struct ToolCallId(string Value) : IIdentifier<ToolCallId>
{
    private const string GradeName = "grade";

    /// <summary>The call's number in its episode from 1; null for the grade.</summary>
    public int? Number => Name.StartsWith('c') && int.TryParse(Name.AsSpan(1), NumberStyles.None,
        CultureInfo.InvariantCulture, out int number) ? number : null;

    /// <summary>Asked of every event: it cuts no text.</summary>
    public bool IsGrade => Value.AsSpan(Value.LastIndexOf('.') + 1).SequenceEqual(GradeName);

    /// <summary>The part after the episode: <c>c2</c> or <c>grade</c>.</summary>
    public string Name => Value[(Value.LastIndexOf('.') + 1)..];

    public EpisodeId Episode => new(Value[..Math.Max(0, Value.LastIndexOf('.'))]);

    public static ToolCallId From(string value) => new(value);

    public static ToolCallId Numbered(EpisodeId episode, int number) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{episode.Value}.c{number}"));

    public static ToolCallId Grade(EpisodeId episode) => new($"{episode.Value}.{GradeName}");

    public override string ToString() => Value;
}
