using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Aurelian.Training.Model.Decoding;

/// <summary>Managed memory that does not move.</summary>
internal static unsafe class PinnedMemory
{
    internal static float[] Of(long count) =>
        GC.AllocateUninitializedArray<float>(checked((int)Math.Max(1, count)), pinned: true);

    internal static float* Pointer(float[] pinned) =>
        (float*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned));
}
