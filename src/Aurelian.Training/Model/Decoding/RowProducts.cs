using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Aurelian.Training.Model.Decoding;

/// <summary>
/// Products of few rows with a matrix, y = x Wᵀ, in vector registers: for a handful of rows an operation of a tensor
/// library costs more to start than to compute.
/// </summary>
internal static unsafe class RowProducts
{
    private const int Lane = 16;

    /// <summary>Outputs of one block, so that each piece of a row is loaded once for four of them.</summary>
    private const int Block = 4;

    /// <summary>Products below this are not worth a second thread.</summary>
    private const long WorthTwoThreads = 400_000;

    /// <param name="input">(rows, width).</param>
    /// <param name="weights">(outputs, width).</param>
    /// <param name="bias">(outputs), or null.</param>
    /// <param name="output">(rows, outputs).</param>
    internal static void Multiply(
        float* input, int rows, int width, float* weights, int outputs, float* bias, float* output, int threads)
    {
        if (threads < 2 || (long)rows * width * outputs < WorthTwoThreads)
        {
            Some(input, rows, width, weights, outputs, bias, output, 0, outputs);
            return;
        }

        int share = (((outputs + threads - 1) / threads) + Block - 1) / Block * Block;
        Parallel.For(0, threads, part => Some(
            input, rows, width, weights, outputs, bias, output, Math.Min(outputs, part * share),
            Math.Min(outputs, (part + 1) * share)));
    }

    private static void Some(
        float* input, int rows, int width, float* weights, int outputs, float* bias, float* output, int from, int to)
    {
        int o = from;
        for (; o + Block <= to; o += Block)
        {
            float* w = weights + ((long)o * width);
            int row = 0;
            for (; row + 2 <= rows; row += 2)
            {
                TwoRows(input + ((long)row * width), w, width, output + ((long)row * outputs) + o, outputs);
            }

            if (row < rows)
            {
                OneRow(input + ((long)row * width), w, width, output + ((long)row * outputs) + o);
            }
        }

        for (; o < to; o++)
        {
            for (int row = 0; row < rows; row++)
            {
                output[((long)row * outputs) + o] =
                    Dot(input + ((long)row * width), weights + ((long)o * width), width);
            }
        }

        for (int row = 0; bias is not null && row < rows; row++)
        {
            for (o = from; o < to; o++)
            {
                output[((long)row * outputs) + o] += bias[o];
            }
        }
    }

    /// <summary>Of two vectors of the same length.</summary>
    internal static float Dot(float* a, float* b, int width)
    {
        Vector512<float> sum = default;
        int i = 0;
        for (; i + Lane <= width; i += Lane)
        {
            sum = Vector512.FusedMultiplyAdd(Vector512.Load(a + i), Vector512.Load(b + i), sum);
        }

        float rest = 0;
        for (; i < width; i++)
        {
            rest += a[i] * b[i];
        }

        return Vector512.Sum(sum) + rest;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TwoRows(float* x, float* w, int width, float* y, int outputs)
    {
        Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default;
        Vector512<float> b0 = default, b1 = default, b2 = default, b3 = default;
        int i = 0;
        for (; i + Lane <= width; i += Lane)
        {
            Vector512<float> first = Vector512.Load(x + i);
            Vector512<float> second = Vector512.Load(x + width + i);
            Vector512<float> weight = Vector512.Load(w + i);
            a0 = Vector512.FusedMultiplyAdd(first, weight, a0);
            b0 = Vector512.FusedMultiplyAdd(second, weight, b0);
            weight = Vector512.Load(w + width + i);
            a1 = Vector512.FusedMultiplyAdd(first, weight, a1);
            b1 = Vector512.FusedMultiplyAdd(second, weight, b1);
            weight = Vector512.Load(w + (2L * width) + i);
            a2 = Vector512.FusedMultiplyAdd(first, weight, a2);
            b2 = Vector512.FusedMultiplyAdd(second, weight, b2);
            weight = Vector512.Load(w + (3L * width) + i);
            a3 = Vector512.FusedMultiplyAdd(first, weight, a3);
            b3 = Vector512.FusedMultiplyAdd(second, weight, b3);
        }

        Vector128<float> one = Sums(a0, a1, a2, a3);
        Vector128<float> two = Sums(b0, b1, b2, b3);
        for (; i < width; i++)
        {
            Vector128<float> column = Vector128.Create(w[i], w[width + i], w[(2L * width) + i], w[(3L * width) + i]);
            one += column * x[i];
            two += column * x[width + i];
        }

        one.Store(y);
        two.Store(y + outputs);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneRow(float* x, float* w, int width, float* y)
    {
        Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default;
        int i = 0;
        for (; i + Lane <= width; i += Lane)
        {
            Vector512<float> first = Vector512.Load(x + i);
            a0 = Vector512.FusedMultiplyAdd(first, Vector512.Load(w + i), a0);
            a1 = Vector512.FusedMultiplyAdd(first, Vector512.Load(w + width + i), a1);
            a2 = Vector512.FusedMultiplyAdd(first, Vector512.Load(w + (2L * width) + i), a2);
            a3 = Vector512.FusedMultiplyAdd(first, Vector512.Load(w + (3L * width) + i), a3);
        }

        Vector128<float> one = Sums(a0, a1, a2, a3);
        for (; i < width; i++)
        {
            one += Vector128.Create(w[i], w[width + i], w[(2L * width) + i], w[(3L * width) + i]) * x[i];
        }

        one.Store(y);
    }

    /// <summary>The four sums side by side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Sums(
        Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d) => Sse3.IsSupported
        ? Sse3.HorizontalAdd(Sse3.HorizontalAdd(Fold(a), Fold(b)), Sse3.HorizontalAdd(Fold(c), Fold(d)))
        : Vector128.Create(Vector512.Sum(a), Vector512.Sum(b), Vector512.Sum(c), Vector512.Sum(d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Fold(Vector512<float> vector)
    {
        Vector256<float> half = vector.GetLower() + vector.GetUpper();
        return half.GetLower() + half.GetUpper();
    }
}
