using System.Numerics.Tensors;
using BenchmarkDotNet.Attributes;
using Firn.Kernels;

namespace Firn.Benchmarks;

/// <summary>C [M,N] = A [M,K] * B [K,N] at the shapes of a step, aligned to the tile and ragged.</summary>
public unsafe class GemmBenchmarks
{
    private readonly PackedMatrix packed = new();
    private AlignedBuffer a = new(), c = new();
    private float[] transposed = [], plain = [];

    [Params("64x100x400", "61x99x403", "1024x300x400")]
    public string Shape { get; set; } = "";

    private int M, K, N;

    [GlobalSetup]
    public void Setup()
    {
        int[] s = [.. Shape.Split('x').Select(int.Parse)];
        (M, K, N) = (s[0], s[1], s[2]);
        plain = KernelData.Random(K * N, 1);
        a = new AlignedBuffer(M * K);
        c = new AlignedBuffer(M * N);
        KernelData.Random(M * K, 2).CopyTo(a.Span);
        packed.Pack(plain, K, N);
        transposed = Reference.Transpose<float>(plain, K, N);
    }

    [Benchmark(Baseline = true)]
    public void Scalar() => Reference.Multiply<float>(a.Span[..(M * K)], plain, M, K, N, false, c.Span[..(M * N)]);

    [Benchmark]
    public void TensorPrimitivesDot()
    {
        for (int i = 0; i < M; i++)
        {
            for (int j = 0; j < N; j++)
                c.Pointer[i * N + j] = TensorPrimitives.Dot(new ReadOnlySpan<float>(a.Pointer + i * K, K), transposed.AsSpan(j * K, K));
        }
    }

    [Benchmark]
    public void Firn() => Gemm.Multiply(a.Pointer, K, M, packed, null, 0, c.Pointer);

    [Benchmark]
    public void FirnWithPacking()
    {
        packed.Pack(plain, K, N);
        Gemm.Multiply(a.Pointer, K, M, packed, null, 0, c.Pointer);
    }
}

/// <summary>A [M,K] that dropout has thinned times B [K,N], and A^T times B, where zeros are skipped and where not.</summary>
public unsafe class SparseGemmBenchmarks
{
    private const int N = 400;

    private readonly PackedMatrix packed = new(), packedTall = new();
    private AlignedBuffer a = new(), b = new(), tall = new(), c = new();
    private int M, K;

    [Params("448x300", "437x299")]
    public string Shape { get; set; } = "";

    [Params(40, 50)]
    public int PercentKept { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        int[] s = [.. Shape.Split('x').Select(int.Parse)];
        (M, K) = (s[0], s[1]);
        a = new AlignedBuffer(M * K);
        b = new AlignedBuffer(K * N);
        tall = new AlignedBuffer(M * N);
        c = new AlignedBuffer(Math.Max(M, K) * N);
        KernelData.Random(M * K, 2).CopyTo(a.Span);
        DropoutMask.Apply(new CounterRandom(3), 0, 1 - PercentKept / 100.0, a.Span[..(M * K)]);
        KernelData.Random(K * N, 1).CopyTo(b.Span);
        KernelData.Random(M * N, 4).CopyTo(tall.Span);
        packed.Pack(b.Pointer, K, N);
        packedTall.Pack(tall.Pointer, M, N);
    }

    [Benchmark(Baseline = true)]
    public void Scalar()
    {
        for (int i = 0; i < M; i++)
        {
            Span<float> row = c.Span.Slice(i * N, N);
            row.Clear();
            for (int k = 0; k < K; k++)
            {
                float x = a.Pointer[i * K + k];
                if (x == 0)
                    continue;
                for (int j = 0; j < N; j++)
                    row[j] += x * b.Pointer[k * N + j];
            }
        }
    }

    [Benchmark]
    public void TensorPrimitivesMultiplyAdd()
    {
        for (int i = 0; i < M; i++)
        {
            Span<float> row = c.Span.Slice(i * N, N);
            row.Clear();
            for (int k = 0; k < K; k++)
            {
                float x = a.Pointer[i * K + k];
                if (x != 0)
                    TensorPrimitives.MultiplyAdd(b.Span.Slice(k * N, N), x, row, row);
            }
        }
    }

    [Benchmark]
    public void Dense() => Gemm.Multiply(a.Pointer, K, M, packed, null, 0, c.Pointer);

    [Benchmark]
    public void Sparse() => SparseGemm.Multiply(a.Pointer, M, K, b.Pointer, N, null, 0, c.Pointer);

    [Benchmark]
    public void DenseTransposed() => Gemm.MultiplyTransposed(a.Pointer, K, packedTall, false, c.Pointer);

    [Benchmark]
    public void SparseTransposed() => SparseGemm.MultiplyTransposed(a.Pointer, K, M, tall.Pointer, N, c.Pointer);
}

/// <summary>One row times a matrix: a step of a single request.</summary>
public unsafe class MatrixVectorBenchmarks
{
    private readonly PackedMatrix packed = new();
    private AlignedBuffer x = new(), y = new();
    private float[] transposed = [], plain = [];
    private int K, N;

    [Params("100x400", "99x403")]
    public string Shape { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        int[] s = [.. Shape.Split('x').Select(int.Parse)];
        (K, N) = (s[0], s[1]);
        plain = KernelData.Random(K * N, 1);
        x = new AlignedBuffer(K);
        y = new AlignedBuffer(N);
        KernelData.Random(K, 2).CopyTo(x.Span);
        packed.Pack(plain, K, N);
        transposed = Reference.Transpose<float>(plain, K, N);
    }

    [Benchmark(Baseline = true)]
    public void Scalar() => Reference.Multiply<float>(x.Span[..K], plain, 1, K, N, false, y.Span[..N]);

    [Benchmark]
    public void TensorPrimitivesDot()
    {
        for (int j = 0; j < N; j++)
            y.Pointer[j] = TensorPrimitives.Dot(new ReadOnlySpan<float>(x.Pointer, K), transposed.AsSpan(j * K, K));
    }

    [Benchmark]
    public void TensorPrimitivesMultiplyAdd()
    {
        y.Span[..N].Clear();
        for (int k = 0; k < K; k++)
            TensorPrimitives.MultiplyAdd(plain.AsSpan(k * N, N), x.Pointer[k], y.Span[..N], y.Span[..N]);
    }

    [Benchmark]
    public void Firn() => MatrixVector.Multiply(x.Pointer, packed, null, y.Pointer);
}

/// <summary>Adam's update.</summary>
public class AdamBenchmarks
{
    private float[] gradient = [], first = [], second = [], weights = [], scratch = [];

    [Params(4096, 4099)]
    public int Length { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        gradient = KernelData.Random(Length, 1);
        weights = KernelData.Random(Length, 2);
        (first, second, scratch) = (new float[Length], new float[Length], new float[Length]);
    }

    [Benchmark(Baseline = true)]
    public void Scalar()
    {
        for (int i = 0; i < gradient.Length; i++)
        {
            first[i] = 0.9f * first[i] + 0.1f * gradient[i];
            second[i] = 0.999f * second[i] + 0.001f * gradient[i] * gradient[i];
            weights[i] -= 1e-6f * first[i] / (MathF.Sqrt(second[i]) + 1e-7f);
        }
    }

    [Benchmark]
    public void TensorPrimitivesCalls()
    {
        TensorPrimitives.Multiply(gradient, 0.1f, scratch);
        TensorPrimitives.MultiplyAdd(first, 0.9f, scratch, first);
        TensorPrimitives.Multiply<float>(gradient, gradient, scratch);
        TensorPrimitives.Multiply(scratch, 0.001f, scratch);
        TensorPrimitives.MultiplyAdd(second, 0.999f, scratch, second);
        TensorPrimitives.Sqrt<float>(second, scratch);
        TensorPrimitives.Add(scratch, 1e-7f, scratch);
        TensorPrimitives.Divide<float>(first, scratch, scratch);
        TensorPrimitives.MultiplyAdd(scratch, -1e-6f, weights, weights);
    }

    [Benchmark]
    public void Firn() => AdamKernel.Step(gradient, 1e-6f, 0.9f, 0.999f, 1e-7f, first, second, weights);
}

/// <summary>Functions of one vector, aligned and ragged.</summary>
public class VectorBenchmarks
{
    private float[] x = [], y = [];

    [Params(400, 403)]
    public int Length { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        x = KernelData.Random(Length, 1);
        y = new float[Length];
    }

    [Benchmark]
    public void SigmoidScalar()
    {
        for (int i = 0; i < x.Length; i++)
            y[i] = 1 / (1 + MathF.Exp(-x[i]));
    }

    [Benchmark]
    public void SigmoidTensorPrimitives() => TensorPrimitives.Sigmoid(x, y);

    [Benchmark]
    public void SigmoidFirn() => Activations.Sigmoid(x, y);

    [Benchmark]
    public void TanhScalar()
    {
        for (int i = 0; i < x.Length; i++)
            y[i] = MathF.Tanh(x[i]);
    }

    [Benchmark]
    public void TanhTensorPrimitives() => TensorPrimitives.Tanh(x, y);

    [Benchmark]
    public void TanhFirn() => Activations.Tanh(x, y);

    [Benchmark]
    public float DotScalar()
    {
        float sum = 0;
        for (int i = 0; i < x.Length; i++)
            sum += x[i] * y[i];
        return sum;
    }

    [Benchmark]
    public float DotTensorPrimitives() => TensorPrimitives.Dot<float>(x, y);

    [Benchmark]
    public float DotFirn() => VectorMath.Dot(x, y);
}

/// <summary>One LSTM step's gates for 64 texts.</summary>
public unsafe class LstmCellBenchmarks
{
    private const int Rows = 64;

    private AlignedBuffer gates = new(), cell = new(), tanh = new(), output = new();

    [Params(96, 100)]
    public int Hidden { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        gates = new AlignedBuffer(Rows * 4 * Hidden);
        cell = new AlignedBuffer(Rows * Hidden);
        tanh = new AlignedBuffer(Rows * Hidden);
        output = new AlignedBuffer(Rows * Hidden);
        KernelData.Random(Rows * 4 * Hidden, 3).CopyTo(gates.Span);
    }

    [Benchmark(Baseline = true)]
    public void Scalar()
    {
        for (int r = 0; r < Rows; r++)
        {
            Span<float> state = cell.Span.Slice(r * Hidden, Hidden);
            Reference.LstmForward<float>(gates.Span.Slice(r * 4 * Hidden, 4 * Hidden), state, state, output.Span.Slice(r * Hidden, Hidden));
        }
    }

    [Benchmark]
    public void TensorPrimitivesCalls()
    {
        for (int r = 0; r < Rows; r++)
        {
            Span<float> z = gates.Span.Slice(r * 4 * Hidden, 4 * Hidden), state = cell.Span.Slice(r * Hidden, Hidden), h = output.Span.Slice(r * Hidden, Hidden);
            Span<float> i = z[..Hidden], f = z.Slice(Hidden, Hidden), g = z.Slice(2 * Hidden, Hidden), o = z[(3 * Hidden)..];
            TensorPrimitives.Sigmoid(z[..(2 * Hidden)], z[..(2 * Hidden)]);
            TensorPrimitives.Tanh(g, g);
            TensorPrimitives.Sigmoid(o, o);
            TensorPrimitives.Multiply(i, g, i);
            TensorPrimitives.MultiplyAdd(f, state, i, state);
            TensorPrimitives.Tanh(state, h);
            TensorPrimitives.Multiply(o, h, h);
        }
    }

    [Benchmark]
    public void Firn() => LstmCell.Forward(Rows, Hidden, gates.Pointer, cell.Pointer, cell.Pointer, tanh.Pointer, output.Pointer);
}

internal static class KernelData
{
    public static float[] Random(int length, ulong seed)
    {
        var random = new CounterRandom(seed);
        return [.. Enumerable.Range(0, length).Select(i => 2 * random.Uniform((ulong)i) - 1)];
    }
}
