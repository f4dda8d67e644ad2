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
    private const int TextMax = 16_384;

    private static readonly string[] Names =
    [
        "gen_ai.operation.name", "gen_ai.agent.name", "gen_ai.conversation.id", "gen_ai.request.model",
        "gen_ai.tool.name", "gen_ai.tool.call.id", "gen_ai.tool.call.arguments", "rl.run.id", "rl.step",
        "rl.sample.task.id", "rl.environment.name", "rl.reward.score", "host.ip", "container.id", "rl.sandbox.id",
        "process.exit.code",
    ];

    private static readonly FrozenDictionary<string, int> Slots =
        Names.Select((name, slot) => (name, slot)).ToFrozenDictionary(each => each.name, each => each.slot);

    private readonly string?[] _values = new string?[Names.Length];

    public string TraceId { get; internal set; } = "";

    public string SpanId { get; internal set; } = "";

    public string? ParentSpanId { get; internal set; }

    public string Name { get; internal set; } = "";

    /// <summary>Nanoseconds since 1970.</summary>
    public long StartNs { get; internal set; }

    public long EndNs { get; internal set; }

    public bool Failed { get; internal set; }

    /// <summary>Its line in the file, from 1; of a binary format 0.</summary>
    internal long Line { get; set; }

    /// <summary>It ended before it started: the clock was set back meanwhile, or the end is missing.</summary>
    internal bool EndedBefore { get; set; }

    /// <summary>invoke_agent, chat, execute_tool …; where the attribute is absent the name's first word.</summary>
    public string Operation => _values[0] ?? Name.Split(' ', 2)[0];

    public string? Agent => _values[1];

    public string? Conversation => _values[2];

    public string? Model => _values[3];

    public string? Tool => _values[4];

    public string? CallId => _values[5];

    public string? Arguments => _values[6];

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

    internal static bool Knows(ReadOnlySpan<byte> key) =>
        key.Length <= 64 && Slots.ContainsKey(Encoding.ASCII.GetString(key));

    internal void Set(ReadOnlySpan<byte> key, string value)
    {
        if (key.Length <= 64 && Slots.TryGetValue(Encoding.ASCII.GetString(key), out int slot))
        {
            _values[slot] = Fields.Cut(value, TextMax);
        }
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
