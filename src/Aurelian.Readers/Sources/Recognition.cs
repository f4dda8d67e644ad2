using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace Aurelian.Readers;

/// <summary>Which reader a file needs, by what its first bytes say and never by its name.</summary>
internal static class Recognition
{
    /// <summary>Lines looked at until one is known: a log may begin in the middle of a line.</summary>
    private const int LinesMax = 32;

    internal static EventReader Recognise(ReadOnlySpan<byte> head, string path)
    {
        if (head.Length >= 4)
        {
            uint magic = BinaryPrimitives.ReadUInt32LittleEndian(head);
            if (PcapFile.IsMagic(magic) || magic == 0x0A0D0D0A)
            {
                return new CaptureReader(nextGeneration: magic == 0x0A0D0D0A);
            }
        }

        if (head.StartsWith("SQLite format 3\0"u8))
        {
            return new RunReader(path);
        }

        if (InspectLog.LooksLikeArchive(head))
        {
            return new InspectLog(archive: true);
        }

        // Text first: the first byte of a protobuf request is also a newline.
        return ByLines(head)
            ?? (OtlpProtobuf.Recognise(head) is { } framing ? new OtlpProtobuf(framing) : new UnknownReader());
    }

    /// <summary>Why a record was refused, and where it looks like another format's, which.</summary>
    internal static string Explain(ReadOnlySpan<byte> record, string kind, string reason, ReadReport report)
    {
        string other = !report.KeepsSkipped ? kind : (ByLines(record) ?? new UnknownReader()).Kind;
        return other == kind || other is "unknown" or "commands" ? reason
            : $"{reason}; it looks like {other}: give each format as a file of its own";
    }

    private static EventReader? ByLines(ReadOnlySpan<byte> head)
    {
        head = head.StartsWith("\uFEFF"u8) ? head[3..] : head;
        ReadOnlySpan<byte> rest = head, from = head;
        for (int count = 0; count < LinesMax && Fields.TryNext(ref rest, (byte)'\n', out ReadOnlySpan<byte> line);
            count++, from = rest)
        {
            line = line.Trim(" \t\r"u8);
            if (line.IsEmpty)
            {
                continue;
            }

            EventReader? found = line[0] is (byte)'{' or (byte)'[' && ByKeys(from) is { } byKeys ? byKeys
                : TextFormats.Recognise(line);
            if (found is not null)
            {
                return found;
            }
        }

        return CommandList.Recognise(head);
    }

    /// <summary>By the member names of the first object, as far as the head shows it.</summary>
    private static EventReader? ByKeys(ReadOnlySpan<byte> head)
    {
        return JsonFormats.Recognise(FirstKeys(head, out bool inArray), inArray, byLine: IsByLine(head));
    }

    /// <summary>Names at the top and, behind a slash, one step below.</summary>
    private static HashSet<string> FirstKeys(ReadOnlySpan<byte> head, out bool inArray)
    {
        const int KeysMax = 256, DepthMax = 64;
        HashSet<string> keys = [];
        inArray = false;
        try
        {
            Utf8JsonReader reader = new(head, isFinalBlock: false, new JsonReaderState(new JsonReaderOptions
            {
                MaxDepth = DepthMax, AllowTrailingCommas = true,
            }));
            string above = "";
            int top = -1;
            while (keys.Count < KeysMax && reader.Read())
            {
                inArray |= reader is { TokenType: JsonTokenType.StartArray, CurrentDepth: 0 };
                top = top < 0 && reader.TokenType == JsonTokenType.StartObject ? reader.CurrentDepth : top;
                if (top >= 0 && reader.TokenType == JsonTokenType.EndObject && reader.CurrentDepth == top)
                {
                    break;
                }

                if (reader.TokenType != JsonTokenType.PropertyName)
                {
                    continue;
                }

                string name = Encoding.UTF8.GetString(reader.ValueSpan);
                int depth = reader.CurrentDepth - top;
                above = depth == 1 ? name : above;
                if (depth <= 2 || (depth == 3 && above is "trajectory" or "messages" or "history"))
                {
                    keys.Add(depth == 1 ? name : $"{above}/{name}");
                }
            }
        }
        catch (JsonException)
        {
            // What was seen until here decides.
        }

        return keys;
    }

    /// <summary>One of the first lines is a whole object: then every line is one.</summary>
    private static bool IsByLine(ReadOnlySpan<byte> head)
    {
        const int LookedAt = 4;
        JsonFields nothing = new("");
        ReadOnlySpan<byte> rest = head;
        for (int count = 0; count < LookedAt && Fields.TryNext(ref rest, (byte)'\n', out ReadOnlySpan<byte> line);
            count++)
        {
            // A line that fills the head is a long one; a document would have been broken into lines before.
            if (line.Length == head.Length || (line.StartsWith("{"u8) && nothing.TryRead(line)))
            {
                return true;
            }
        }

        return false;
    }
}
