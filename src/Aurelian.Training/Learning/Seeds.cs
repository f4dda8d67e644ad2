using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Aurelian.Training.Learning;

/// <summary>A generator for each purpose, from the run's seed and the purpose's own numbers: nothing to save.</summary>
internal static class Seeds
{
    internal static Random For(int seed, string purpose, params int[] numbers)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(
            $"{seed}/{purpose}/{string.Join('/', numbers)}"));
        return new Random(BinaryPrimitives.ReadInt32LittleEndian(hash));
    }
}
