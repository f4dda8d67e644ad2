using System.Buffers.Binary;
using System.Text;
using Aurelian.Training.Native;
using TorchSharp;

namespace Aurelian.TrainingTests.Native;

public sealed class TorchLibraryTests
{
    [Fact]
    public void PyTorch_loads_here_and_computes()
    {
        TorchLibrary.Load(threads: 1);

        using torch.Tensor matrix = torch.eye(3) * 2;
        using torch.Tensor square = matrix.matmul(matrix);

        Assert.Equal(12f, square.sum().item<float>());
        Assert.Equal(1, torch.get_num_threads());
    }

    [Fact]
    public void A_version_that_a_library_needs_is_marked_weak_and_no_other()
    {
        byte[] elf = Library("GLIBC_2.2", "GLIBCXX_3.4.32");

        int marked = ElfVersionNeeds.MarkWeak(elf, "GLIBCXX_3.4.32");

        Assert.Equal(1, marked);
        Assert.Equal([0, 2], Flags(elf));
        Assert.Equal(0, ElfVersionNeeds.MarkWeak(elf, "GLIBCXX_9"));
    }

    [Fact]
    public void What_is_no_library_is_refused() => Assert.Throws<Training.TrainingException>(
        () => ElfVersionNeeds.MarkWeak(Encoding.ASCII.GetBytes(new string('x', 100)), "GLIBCXX_3.4.32"));

    private const int Needs = 64 + (2 * 64);

    /// <summary>An ELF file of two sections: the needed versions, and their names.</summary>
    private static byte[] Library(params string[] versions)
    {
        byte[] elf = new byte[Needs + 16 + (16 * versions.Length) + 100];
        "\u007fELF\u0002\u0001"u8.CopyTo(elf);
        BinaryPrimitives.WriteInt64LittleEndian(elf.AsSpan(0x28), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(elf.AsSpan(0x3a), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(elf.AsSpan(0x3c), 2);
        int names = Needs + 16 + (16 * versions.Length);
        Section(elf.AsSpan(64), 0x6ffffffe, Needs, link: 1);
        Section(elf.AsSpan(128), 3, names, link: 0);
        BinaryPrimitives.WriteUInt16LittleEndian(elf.AsSpan(Needs + 2), (ushort)versions.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(elf.AsSpan(Needs + 8), 16);
        int name = 0;
        for (int i = 0; i < versions.Length; i++)
        {
            Span<byte> entry = elf.AsSpan(Needs + 16 + (16 * i));
            BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], (uint)name);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[12..], 16);
            name += Encoding.ASCII.GetBytes(versions[i], elf.AsSpan(names + name)) + 1;
        }

        return elf;
    }

    private static void Section(Span<byte> header, uint type, int offset, uint link)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], type);
        BinaryPrimitives.WriteInt64LittleEndian(header[0x18..], offset);
        BinaryPrimitives.WriteUInt32LittleEndian(header[0x28..], link);
    }

    private static int[] Flags(byte[] elf) =>
    [
        .. Enumerable.Range(0, 2).Select(i =>
            (int)BinaryPrimitives.ReadUInt16LittleEndian(elf.AsSpan(Needs + 16 + (16 * i) + 4))),
    ];
}
