using System.Buffers.Text;
using System.Net;
using System.Text.Json;

namespace Aurelian.Readers;

/// <summary>The values that <see cref="JsonFields"/> picked out of one object.</summary>
internal readonly ref struct JsonRow(JsonFields fields, ReadOnlySpan<byte> json)
{
    /// <summary>Text that becomes part of a fact, at most.</summary>
    internal const int TextMax = 4096;

    private readonly ReadOnlySpan<byte> _json = json;

    internal bool Has(int slot) => fields[slot].Kind != JsonTokenType.None;

    /// <summary>As it stands in the object, escapes and all; of a text what is between its quotes.</summary>
    internal ReadOnlySpan<byte> Raw(int slot) => _json.Slice(fields[slot].Start, fields[slot].Length);

    /// <summary>As <see cref="Raw"/>, but without escapes where the text has any; until the next such text.</summary>
    internal ReadOnlySpan<byte> Unescaped(int slot)
    {
        JsonFields.Slot found = fields[slot];
        return found.Escaped ? fields.Unescape(_json.Slice(found.Start - 1, found.Length + 2)) : Raw(slot);
    }

    internal bool Is(int slot, ReadOnlySpan<byte> value) => Has(slot) && Raw(slot).SequenceEqual(value);

    internal string? Text(int slot, int charactersMax = TextMax)
    {
        if (!Has(slot))
        {
            return null;
        }

        JsonFields.Slot found = fields[slot];
        ReadOnlySpan<byte> raw = Raw(slot);
        string text = fields.Recent.Text(found.Escaped ? Unescaped(slot) : raw, charactersMax);
        return text.Length == 0 ? null : text;
    }

    /// <summary>A whole number, also one that stands in quotes.</summary>
    internal bool TryLong(int slot, out long number)
    {
        number = 0;
        if (!Has(slot))
        {
            return false;
        }

        ReadOnlySpan<byte> raw = Raw(slot);
        return Utf8Parser.TryParse(raw, out number, out int read) && read == raw.Length;
    }

    internal int Int(int slot, int otherwise = 0) =>
        TryLong(slot, out long number) && number is >= int.MinValue and <= int.MaxValue ? (int)number : otherwise;

    internal bool TryDouble(int slot, out double number)
    {
        number = 0;
        ReadOnlySpan<byte> raw = Has(slot) ? Raw(slot) : default;
        return Utf8Parser.TryParse(raw, out number, out int read) && read == raw.Length && double.IsFinite(number);
    }

    /// <summary>A stamp in any of the spellings of <see cref="Stamps"/>, in nanoseconds since 1970.</summary>
    internal bool TryStamp(int slot, ReadReport report, out long ns)
    {
        ns = 0;
        return Has(slot) && Stamps.TryRead(Raw(slot), report, out ns);
    }

    internal bool TryAddress(int slot, out IPAddress address) =>
        fields.Recent.TryAddress(Has(slot) ? Raw(slot) : default, out address);
}
