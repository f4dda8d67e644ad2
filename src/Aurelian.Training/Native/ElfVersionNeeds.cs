using System.Buffers.Binary;
using System.Text;

namespace Aurelian.Training.Native;

/// <summary>
/// Marks a symbol version that a 64-bit little-endian ELF library asks for as weak, so that the loader goes on where
/// the system's library lacks it (System V gABI, "Symbol versioning": <c>VER_FLG_WEAK</c>). Only sound where no symbol
/// of that version is called.
/// </summary>
internal static class ElfVersionNeeds
{
    private const int SectionNeeds = 0x6ffffffe;
    private const ushort Weak = 0x2;

    /// <summary>How many entries were marked; 0 where the file asks for no such version.</summary>
    internal static int MarkWeak(Span<byte> elf, string version)
    {
        if (elf.Length < 64 || !elf.StartsWith("\u007fELF\u0002\u0001"u8))
        {
            throw new TrainingException(TrainingFailure.NoTorch, "The library is no 64-bit little-endian ELF file.");
        }

        int headers = checked((int)BinaryPrimitives.ReadInt64LittleEndian(elf[0x28..]));
        int size = BinaryPrimitives.ReadUInt16LittleEndian(elf[0x3a..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(elf[0x3c..]);
        int marked = 0;
        for (int section = 0; section < count; section++)
        {
            ReadOnlySpan<byte> header = elf.Slice(headers + (section * size), size);
            if (BinaryPrimitives.ReadUInt32LittleEndian(header[4..]) == SectionNeeds)
            {
                int names = (int)BinaryPrimitives.ReadUInt32LittleEndian(header[0x28..]);
                marked += MarkIn(elf, Offset(header), Offset(elf.Slice(headers + (names * size), size)), version);
            }
        }

        return marked;
    }

    private static int Offset(ReadOnlySpan<byte> header) =>
        checked((int)BinaryPrimitives.ReadInt64LittleEndian(header[0x18..]));

    private static int MarkIn(Span<byte> elf, int need, int names, string version)
    {
        int marked = 0;
        for (int step = -1; step != 0; need += step)
        {
            int entries = BinaryPrimitives.ReadUInt16LittleEndian(elf[(need + 2)..]);
            int entry = need + (int)BinaryPrimitives.ReadUInt32LittleEndian(elf[(need + 8)..]);
            for (int i = 0; i < entries; i++)
            {
                int name = names + (int)BinaryPrimitives.ReadUInt32LittleEndian(elf[(entry + 8)..]);
                int length = elf[name..].IndexOf((byte)0);
                if (Encoding.ASCII.GetString(elf.Slice(name, length)) == version)
                {
                    Span<byte> flags = elf[(entry + 4)..];
                    BinaryPrimitives.WriteUInt16LittleEndian(
                        flags, (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(flags) | Weak));
                    marked++;
                }

                entry += (int)BinaryPrimitives.ReadUInt32LittleEndian(elf[(entry + 12)..]);
            }

            step = (int)BinaryPrimitives.ReadUInt32LittleEndian(elf[(need + 12)..]);
        }

        return marked;
    }
}
