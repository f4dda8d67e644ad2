using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Aurelian.Readers;

/// <summary>
/// A span of an agent's trace, as far as its attributes are known here. Source: OpenTelemetry semantic conventions for
/// generative AI, and the proposals for reinforcement learning (<c>rl.*</c>).
/// </summary>
public sealed class GenAiSpan
{
    private const int TextMax = 16_384, NameMax = 256;

    private static readonly string[] Names =
    [
        "gen_ai.operation.name", "gen_ai.agent.name", "gen_ai.conversation.id", "gen_ai.request.model",
        "gen_ai.tool.name", "gen_ai.tool.call.id", "gen_ai.tool.call.arguments", "rl.run.id", "rl.step",
        "rl.sample.task.id", "rl.environment.name", "rl.reward.score", "host.ip", "container.id", "rl.sandbox.id",
        "process.exit.code",
    ];

    private const int OperationSlot = 0, ArgumentsSlot = 6, KeyMax = 64;

    private static readonly FrozenDictionary<string, int> Slots =
        Names.Select((name, slot) => (name, slot)).ToFrozenDictionary(each => each.name, each => each.slot);

    private static readonly FrozenDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> SlotsByText =
        Slots.GetAlternateLookup<ReadOnlySpan<char>>();

    private readonly string?[] _values = new string?[Names.Length];
    private SpanIdentity _span, _parent;
    private string _firstWord = "";

    public string TraceId { get; internal set; } = "";

    public string SpanId => _span.Text;

    public string? ParentSpanId => _parent.IsEmpty ? null : _parent.Text;

    public string Name { get; private set; } = "";

    /// <summary>Nanoseconds since 1970.</summary>
    public long StartNs { get; internal set; }

    public long EndNs { get; internal set; }

    public bool Failed { get; internal set; }

    /// <summary>Its line in the file, from 1; of a binary format 0.</summary>
    internal long Line { get; set; }

    /// <summary>It ended before it started: the clock was set back meanwhile, or the end is missing.</summary>
    internal bool EndedBefore { get; set; }

    internal bool HasId => !_span.IsEmpty;

    /// <summary>invoke_agent, chat, execute_tool …; where the attribute is absent the name's first word.</summary>
    public string Operation => _values[OperationSlot] ?? _firstWord;

    public string? Agent => _values[1];

    public string? Conversation => _values[2];

    public string? Model => _values[3];

    public string? Tool => _values[4];

    public string? CallId => _values[5];

    /// <summary>What its arguments have run, where they name it; else the arguments.</summary>
    public string? Command => _values[ArgumentsSlot];

    public string? Run => _values[7];

    public int? Step => int.TryParse(_values[8], NumberStyles.Integer, CultureInfo.InvariantCulture, out int step)
        ? step : null;

    public string? Task => _values[9];

    public string? Environment => _values[10];

    public double? Reward => double.TryParse(_values[11], NumberStyles.Float, CultureInfo.InvariantCulture,
        out double reward) && double.IsFinite(reward) ? reward : null;

    public string? HostIp => _values[12];

    public string? Container => _values[13] ?? _values[14];

    public int? ExitCode => int.TryParse(_values[15], NumberStyles.Integer, CultureInfo.InvariantCulture, out int code)
        ? code : null;

    /// <summary>The attribute's place; below 0 for one that nobody asks for.</summary>
    internal static int SlotOf(ReadOnlySpan<byte> key)
    {
        Span<char> text = stackalloc char[KeyMax];
        return key.Length <= KeyMax && Encoding.Latin1.TryGetChars(key, text, out int length)
            && SlotsByText.TryGetValue(text[..length], out int slot) ? slot : -1;
    }

    internal void Set(int slot, ReadOnlySpan<byte> utf8, SpanTexts texts) => _values[slot] = slot == ArgumentsSlot
        ? texts.Command(utf8) : texts.Text(utf8, TextMax);

    internal void Call(ReadOnlySpan<byte> name, SpanTexts texts)
    {
        int end = name.IndexOf((byte)' ');
        Name = texts.Text(name, NameMax);
        _firstWord = end < 0 ? Name : texts.Text(name[..end], NameMax);
    }

    internal void Identify(SpanIdentity span) => _span = span;

    internal void Follow(SpanIdentity parent) => _parent = parent;

    /// <summary>For the next span: whoever reads one keeps texts of it, never itself.</summary>
    internal void Clear()
    {
        Array.Clear(_values);
        (_span, _parent) = (default, default);
        (TraceId, Name, _firstWord) = ("", "", "");
        (StartNs, EndNs, Line) = (0, 0, 0);
        (Failed, EndedBefore) = (false, false);
    }

    /// <summary>What the resource says holds for its spans, where they say nothing themselves.</summary>
    internal void Inherit(GenAiSpan resource)
    {
        for (int slot = 0; slot < _values.Length; slot++)
        {
            _values[slot] ??= resource._values[slot];
        }
    }
}
