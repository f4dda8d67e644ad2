using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Text.Json;

namespace Aurelian.Training.Checkpoints;

/// <summary>A tensor in a file: its element type as the format names it, its shape, and where its bytes lie.</summary>
internal sealed record StoredTensor(string Name, string Type, long[] Shape, long Start, long End);

/// <summary>
/// One safetensors file: eight bytes with the header's length, a JSON header, and the tensors' bytes. Only the header
/// is read at first; a tensor's bytes are mapped when it is copied out.
/// </summary>
/// <remarks>
/// Covers a truncated file, a header that lies about offsets, overlaps, sizes or types. Does not cover a file that
/// another process changes while it is mapped.
/// </remarks>
internal sealed unsafe class SafetensorsFile : IDisposable
{
    /// <summary>As the format's own library limits it.</summary>
    private const long HeaderBytesMax = 100_000_000;

    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _bytes;

    private SafetensorsFile(string path, MemoryMappedFile map, Dictionary<string, StoredTensor> tensors)
    {
        Path = path;
        Tensors = tensors;
        _map = map;
        _view = map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _bytes);
    }

    internal string Path { get; }

    internal IReadOnlyDictionary<string, StoredTensor> Tensors { get; }

    internal static SafetensorsFile Open(string path)
    {
        if (!File.Exists(path))
        {
            throw TrainingException.BadInput($"{path}: no such file");
        }

        using FileStream stream = File.OpenRead(path);
        Dictionary<string, StoredTensor> tensors = ReadHeader(path, stream);
        return new SafetensorsFile(
            path, MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read), tensors);
    }

    /// <summary>Copies a tensor out, as it is stored.</summary>
    internal Tensor Read(string name)
    {
        StoredTensor stored = Tensors[name];
        Tensor tensor = torch.empty(stored.Shape, ScalarTypeOf(stored.Type)!.Value);
        CopyTo(tensor, stored);
        return tensor;
    }

    /// <summary>Copies a tensor's numbers into one of the same shape, converting their type.</summary>
    internal void ReadInto(string name, Tensor target)
    {
        StoredTensor stored = Tensors[name];
        using IDisposable noGradient = torch.no_grad();
        using DisposeScope scope = torch.NewDisposeScope();
        if (ScalarTypeOf(stored.Type) == target.dtype && target.device_type == DeviceType.CPU)
        {
            CopyTo(target, stored);
        }
        else
        {
            target.copy_(Read(name));
        }
    }

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _map.Dispose();
    }

    internal static torch.ScalarType? ScalarTypeOf(string type) => type switch
    {
        "F64" => torch.float64,
        "F32" => torch.float32,
        "F16" => torch.float16,
        "BF16" => torch.bfloat16,
        "I64" => torch.int64,
        "I32" => torch.int32,
        "I16" => torch.int16,
        "I8" => torch.int8,
        "U8" => torch.uint8,
        "BOOL" => torch.@bool,
        _ => null,
    };

    private void CopyTo(Tensor target, StoredTensor stored)
    {
        if (stored.End - stored.Start <= int.MaxValue)
        {
            new ReadOnlySpan<byte>(_bytes + stored.Start, (int)(stored.End - stored.Start)).CopyTo(target.bytes);
            return;
        }

        // A span holds 2 GiB: row by row then.
        long row = (stored.End - stored.Start) / stored.Shape[0];
        for (long i = 0; i < stored.Shape[0]; i++)
        {
            using Tensor part = target.narrow(0, i, 1);
            new ReadOnlySpan<byte>(_bytes + stored.Start + (i * row), checked((int)row)).CopyTo(part.bytes);
        }
    }

    private static Dictionary<string, StoredTensor> ReadHeader(string path, FileStream stream)
    {
        Span<byte> prefix = stackalloc byte[8];
        if (stream.Length < 8)
        {
            throw Broken(path, $"has {stream.Length} bytes, less than the length of a header");
        }

        stream.ReadExactly(prefix);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > HeaderBytesMax || (long)length > stream.Length - 8)
        {
            throw Broken(path, $"says its header has {length} bytes, but the file has {stream.Length}");
        }

        byte[] header = new byte[length];
        stream.ReadExactly(header);
        try
        {
            using JsonDocument document = JsonDocument.Parse(header);
            return Check(path, document.RootElement, 8 + (long)length, stream.Length);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException
            or KeyNotFoundException or OverflowException)
        {
            throw Broken(path, $"has a header that is not understood: {exception.Message}");
        }
    }

    private static Dictionary<string, StoredTensor> Check(
        string path, JsonElement header, long dataStart, long fileLength)
    {
        Dictionary<string, StoredTensor> tensors = new(StringComparer.Ordinal);
        foreach (JsonProperty property in header.EnumerateObject().Where(one => one.Name != "__metadata__"))
        {
            string type = property.Value.GetProperty("dtype").GetString()!;
            long[] shape = [.. property.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())];
            JsonElement offsets = property.Value.GetProperty("data_offsets");
            StoredTensor tensor = new(
                property.Name, type, shape, dataStart + offsets[0].GetInt64(), dataStart + offsets[1].GetInt64());
            if (ScalarTypeOf(type) is not { } scalar)
            {
                throw Broken(path, $"stores {property.Name} as {type}, which is not supported");
            }

            long wanted = shape.Aggregate((long)scalar.ElementSize(), (bytes, size) =>
                size >= 0 ? checked(bytes * size) : throw new FormatException($"{property.Name} has a negative size"));
            if (tensor.Start < dataStart || tensor.End - tensor.Start != wanted)
            {
                throw Broken(
                    path, $"gives {property.Name} {tensor.End - tensor.Start} bytes where its shape takes {wanted}");
            }

            if (tensor.End > fileLength)
            {
                throw Broken(path, $"is truncated: {property.Name} ends at byte {tensor.End} of {fileLength}");
            }

            if (!tensors.TryAdd(property.Name, tensor))
            {
                throw Broken(path, $"names {property.Name} twice");
            }
        }

        RefuseGaps(path, tensors.Values, dataStart, fileLength);
        return tensors;
    }

    /// <summary>By the format every byte belongs to exactly one tensor, so that nothing can hide.</summary>
    private static void RefuseGaps(string path, IEnumerable<StoredTensor> tensors, long start, long end)
    {
        long at = start;
        foreach (StoredTensor tensor in tensors.OrderBy(tensor => tensor.Start).ThenBy(tensor => tensor.End))
        {
            if (tensor.Start != at)
            {
                throw Broken(path, $"has {(tensor.Start < at ? "an overlap" : "a gap")} before {tensor.Name}");
            }

            at = tensor.End;
        }

        if (at != end)
        {
            throw Broken(path, $"has {end - at} bytes that belong to no tensor");
        }
    }

    private static TrainingException Broken(string path, string what) =>
        TrainingException.BadInput($"{path}: {what}; fetch or save it again");
}
