namespace Aurelian.Training.Model.Parameters;

/// <summary>Tensors as plain memory.</summary>
internal static unsafe class FlatMemory
{
    /// <summary>The first number of a contiguous tensor of 32-bit numbers on the processor; it never moves.</summary>
    internal static float* Pointer(Tensor tensor)
    {
        fixed (byte* bytes = tensor.bytes)
        {
            return (float*)bytes;
        }
    }
}
