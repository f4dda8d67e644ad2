using System.Text;
using System.Text.Json;

namespace Aurelian.Readers;

/// <summary>
/// Picks named values out of a JSON object without building it. A path is names joined by <c>/</c>; arrays on the way
/// are transparent and the first value wins.
/// </summary>
internal sealed class JsonFields
{
    private static readonly JsonReaderOptions Options = new()
    {
        CommentHandling = JsonCommentHandling.Disallow, AllowTrailingCommas = true, MaxDepth = 64,
    };

    private readonly Node _root = new([], -1);
    private readonly Slot[] _slots;
    private readonly Unescaping _unescaping = new();

    internal JsonFields(params string[] paths)
    {
        _slots = new Slot[paths.Length];
        for (int slot = 0; slot < paths.Length; slot++)
        {
            Node node = _root;
            foreach (string name in paths[slot].Split('/'))
            {
                node = node.Child(Encoding.UTF8.GetBytes(name));
            }

            node.Slot = slot;
        }
    }

    internal Slot this[int slot] => _slots[slot];

    /// <summary>Of all objects that were read by these paths.</summary>
    internal RecentValues Recent { get; } = new();

    /// <summary>
    /// False for anything that is not one whole object, or array of such; what was picked until then stays.
    /// </summary>
    internal bool TryRead(ReadOnlySpan<byte> json)
    {
        Array.Clear(_slots);
        try
        {
            Utf8JsonReader reader = new(json, Options);
            if (!reader.Read() || reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
            {
                return false;
            }

            ReadValue(ref reader, _root, json);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>A text's bytes without its escapes, until the next call; half a surrogate pair is shown as it was
    /// written.</summary>
    /// <param name="quoted">With its quotes.</param>
    internal ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> quoted)
    {
        try
        {
            Utf8JsonReader reader = new(quoted);
            reader.Read();
            return _unescaping.Of(ref reader);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return quoted[1..^1];
        }
    }

    private void ReadObject(ref Utf8JsonReader reader, Node node, ReadOnlySpan<byte> json)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            Node? child = node.Find(ref reader);
            reader.Read();
            if (child is null)
            {
                reader.Skip();
            }
            else
            {
                ReadValue(ref reader, child, json);
            }
        }
    }

    private void ReadValue(ref Utf8JsonReader reader, Node node, ReadOnlySpan<byte> json)
    {
        int start = (int)reader.TokenStartIndex;
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject when node.IsLeaf:
                reader.Skip();
                Keep(node.Slot, start, (int)reader.BytesConsumed - start, JsonTokenType.StartObject, false);
                break;
            case JsonTokenType.StartObject:
                ReadObject(ref reader, node, json);
                break;
            case JsonTokenType.StartArray:
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    ReadValue(ref reader, node, json);
                }

                break;
            case JsonTokenType.String:
                Keep(node.Slot, start + 1, reader.ValueSpan.Length, JsonTokenType.String, reader.ValueIsEscaped);
                break;
            case JsonTokenType.Null:
                break;
            default:
                Keep(node.Slot, start, reader.ValueSpan.Length, reader.TokenType, false);
                break;
        }
    }

    private void Keep(int slot, int start, int length, JsonTokenType kind, bool escaped)
    {
        if (slot >= 0 && _slots[slot].Kind == JsonTokenType.None)
        {
            _slots[slot] = new Slot(start, length, kind, escaped);
        }
    }

    internal readonly record struct Slot(int Start, int Length, JsonTokenType Kind, bool Escaped);

    private sealed class Node(byte[] name, int slot)
    {
        private readonly List<Node> _children = [];

        internal int Slot { get; set; } = slot;

        internal bool IsLeaf => _children.Count == 0;

        internal Node Child(byte[] named)
        {
            Node? found = _children.Find(child => child.Name.AsSpan().SequenceEqual(named));
            if (found is null)
            {
                found = new Node(named, -1);
                _children.Add(found);
            }

            return found;
        }

        internal Node? Find(ref Utf8JsonReader reader)
        {
            foreach (Node child in _children)
            {
                if (reader.ValueTextEquals(child.Name))
                {
                    return child;
                }
            }

            return null;
        }

        private byte[] Name => name;
    }
}
