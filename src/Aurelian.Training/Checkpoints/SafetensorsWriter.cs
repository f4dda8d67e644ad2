using System.Buffers.Binary;
using System.Text.Json;
using Aurelian.Training.Model.Configuration;

namespace Aurelian.Training.Checkpoints;

/// <summary>Writes safetensors: under another name first, flushed, then renamed; whole or not at all.</summary>
internal static class SafetensorsWriter
{
    /// <param name="type">How floating-point numbers are stored; others keep their type.</param>
    internal static void Write(string path, IReadOnlyList<(string Name, Tensor Value)> tensors, WeightType type)
    {
        using IDisposable noGradient = torch.no_grad();
        string partial = $"{path}.partial";
        using (FileStream stream = new(partial, FileMode.Create, FileAccess.Write))
        {
            stream.Write(Header(tensors, type));
            foreach ((_, Tensor value) in tensors)
            {
                WriteNumbers(stream, value, Stored(value, type));
            }

            stream.Flush(flushToDisk: true);
        }

        File.Move(partial, path, overwrite: true);
    }

    private static byte[] Header(IReadOnlyList<(string Name, Tensor Value)> tensors, WeightType type)
    {
        using MemoryStream json = new();
        json.Write(new byte[8]);
        using (Utf8JsonWriter writer = new(json))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("__metadata__");
            writer.WriteString("format", "pt");
            writer.WriteEndObject();
            long at = 0;
            foreach ((string name, Tensor value) in tensors)
            {
                torch.ScalarType stored = Stored(value, type);
                long end = at + (value.numel() * stored.ElementSize());
                writer.WriteStartObject(name);
                writer.WriteString("dtype", NameOf(stored));
                writer.WriteStartArray("shape");
                foreach (long size in value.shape)
                {
                    writer.WriteNumberValue(size);
                }

                writer.WriteEndArray();
                writer.WriteStartArray("data_offsets");
                writer.WriteNumberValue(at);
                writer.WriteNumberValue(end);
                writer.WriteEndArray();
                writer.WriteEndObject();
                at = end;
            }

            writer.WriteEndObject();
        }

        // The data starts on a multiple of eight bytes; blanks are JSON too.
        while (json.Length % 8 != 0)
        {
            json.WriteByte((byte)' ');
        }

        byte[] header = json.ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(header, header.Length - 8);
        return header;
    }

    private static void WriteNumbers(FileStream stream, Tensor value, torch.ScalarType stored)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        Tensor numbers = value.detach().to(stored).cpu().contiguous();
        if (numbers.numel() * stored.ElementSize() <= int.MaxValue)
        {
            stream.Write(numbers.bytes);
            return;
        }

        for (long i = 0; i < numbers.shape[0]; i++)
        {
            using Tensor row = numbers.narrow(0, i, 1);
            stream.Write(row.bytes);
        }
    }

    private static torch.ScalarType Stored(Tensor value, WeightType type) =>
        !value.is_floating_point() ? value.dtype
        : type == WeightType.BFloat16 ? torch.bfloat16
        : type == WeightType.Float16 ? torch.float16
        : torch.float32;

    private static string NameOf(torch.ScalarType type) => type switch
    {
        torch.ScalarType.Float32 => "F32",
        torch.ScalarType.Float16 => "F16",
        torch.ScalarType.BFloat16 => "BF16",
        torch.ScalarType.Int64 => "I64",
        torch.ScalarType.Int32 => "I32",
        torch.ScalarType.Int16 => "I16",
        torch.ScalarType.Int8 => "I8",
        torch.ScalarType.Byte => "U8",
        torch.ScalarType.Bool => "BOOL",
        _ => throw new ArgumentException($"{type} cannot be stored", nameof(type)),
    };
}
