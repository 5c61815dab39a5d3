using System.Numerics.Tensors;
using BenchmarkDotNet.Attributes;
using Firn.Kernels;

namespace Firn.Benchmarks;

/// <summary>C [M,N] = A [M,K] * B [K,N] at the shapes of a step, aligned to the tile and ragged.</summary>
public unsafe class GemmBenchmarks
{
    private readonly PackedMatrix _packed = new();
    private AlignedBuffer _a = new(),
        _c = new();
    private float[] _transposed = [],
        _plain = [];

    [Params("64x100x400", "61x99x403", "1024x300x400")]
    public string Shape { get; set; } = "";

    private int M,
        K,
        N;

    [GlobalSetup]
    public void Setup()
    {
        int[] s = [.. Shape.Split('x').Select(int.Parse)];
        (M, K, N) = (s[0], s[1], s[2]);
        _plain = KernelData.Random(K * N, 1);
        _a = new AlignedBuffer(M * K);
        _c = new AlignedBuffer(M * N);
        KernelData.Random(M * K, 2).CopyTo(_a.Span);
        _packed.Pack(_plain, K, N);
        _transposed = Reference.Transpose<float>(_plain, K, N);
    }

    [Benchmark(Baseline = true)]
    public void Scalar() => Reference.Multiply<float>(_a.Span[..(M * K)], _plain, M, K, N, false, _c.Span[..(M * N)]);

    [Benchmark]
    public void TensorPrimitivesDot()
    {
        for (int i = 0; i < M; i++)
        {
            for (int j = 0; j < N; j++)
                _c.Pointer[i * N + j] = TensorPrimitives.Dot(
                    new ReadOnlySpan<float>(_a.Pointer + i * K, K),
                    _transposed.AsSpan(j * K, K)
                );
        }
    }

    [Benchmark]
    public void Firn() => Gemm.Multiply(_a.Pointer, K, M, _packed, null, 0, _c.Pointer);

    [Benchmark]
    public void FirnWithPacking()
    {
        _packed.Pack(_plain, K, N);
        Gemm.Multiply(_a.Pointer, K, M, _packed, null, 0, _c.Pointer);
    }
}

/// <summary>
/// A [M,K] that dropout has thinned times B [K,N], and A^T times B, where zeros are skipped and where not.
/// </summary>
public unsafe class SparseGemmBenchmarks
{
    private const int N = 400;

    private readonly PackedMatrix _packed = new(),
        _packedTall = new();
    private AlignedBuffer _a = new(),
        _b = new(),
        _tall = new(),
        _c = new();
    private int M,
        K;

    [Params("448x300", "437x299")]
    public string Shape { get; set; } = "";

    [Params(40, 50)]
    public int PercentKept { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        int[] s = [.. Shape.Split('x').Select(int.Parse)];
        (M, K) = (s[0], s[1]);
        _a = new AlignedBuffer(M * K);
        _b = new AlignedBuffer(K * N);
        _tall = new AlignedBuffer(M * N);
        _c = new AlignedBuffer(Math.Max(M, K) * N);
        KernelData.Random(M * K, 2).CopyTo(_a.Span);
        DropoutMask.Apply(new CounterRandom(3), 0, 1 - PercentKept / 100.0, _a.Span[..(M * K)]);
        KernelData.Random(K * N, 1).CopyTo(_b.Span);
        KernelData.Random(M * N, 4).CopyTo(_tall.Span);
        _packed.Pack(_b.Pointer, K, N);
        _packedTall.Pack(_tall.Pointer, M, N);
    }

    [Benchmark(Baseline = true)]
    public void Scalar()
    {
        for (int i = 0; i < M; i++)
        {
            Span<float> row = _c.Span.Slice(i * N, N);
            row.Clear();
            for (int k = 0; k < K; k++)
            {
                float x = _a.Pointer[i * K + k];
                if (x == 0)
                    continue;
                for (int j = 0; j < N; j++)
                    row[j] += x * _b.Pointer[k * N + j];
            }
        }
    }

    [Benchmark]
    public void TensorPrimitivesMultiplyAdd()
    {
        for (int i = 0; i < M; i++)
        {
            Span<float> row = _c.Span.Slice(i * N, N);
            row.Clear();
            for (int k = 0; k < K; k++)
            {
                float x = _a.Pointer[i * K + k];
                if (x != 0)
                    TensorPrimitives.MultiplyAdd(_b.Span.Slice(k * N, N), x, row, row);
            }
        }
    }

    [Benchmark]
    public void Dense() => Gemm.Multiply(_a.Pointer, K, M, _packed, null, 0, _c.Pointer);

    [Benchmark]
    public void Sparse() => SparseGemm.Multiply(_a.Pointer, M, K, _b.Pointer, N, null, 0, _c.Pointer);

    [Benchmark]
    public void DenseTransposed() => Gemm.MultiplyTransposed(_a.Pointer, K, _packedTall, false, _c.Pointer);

    [Benchmark]
    public void SparseTransposed() => SparseGemm.MultiplyTransposed(_a.Pointer, K, M, _tall.Pointer, N, _c.Pointer);
}

/// <summary>One row times a matrix: a step of a single request.</summary>
public unsafe class MatrixVectorBenchmarks
{
    private readonly PackedMatrix _packed = new();
    private AlignedBuffer _x = new(),
        _y = new();
    private float[] _transposed = [],
        _plain = [];
    private int K,
        N;

    [Params("100x400", "99x403")]
    public string Shape { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        int[] s = [.. Shape.Split('x').Select(int.Parse)];
        (K, N) = (s[0], s[1]);
        _plain = KernelData.Random(K * N, 1);
        _x = new AlignedBuffer(K);
        _y = new AlignedBuffer(N);
        KernelData.Random(K, 2).CopyTo(_x.Span);
        _packed.Pack(_plain, K, N);
        _transposed = Reference.Transpose<float>(_plain, K, N);
    }

    [Benchmark(Baseline = true)]
    public void Scalar() => Reference.Multiply<float>(_x.Span[..K], _plain, 1, K, N, false, _y.Span[..N]);

    [Benchmark]
    public void TensorPrimitivesDot()
    {
        for (int j = 0; j < N; j++)
            _y.Pointer[j] = TensorPrimitives.Dot(new ReadOnlySpan<float>(_x.Pointer, K), _transposed.AsSpan(j * K, K));
    }

    [Benchmark]
    public void TensorPrimitivesMultiplyAdd()
    {
        _y.Span[..N].Clear();
        for (int k = 0; k < K; k++)
            TensorPrimitives.MultiplyAdd(_plain.AsSpan(k * N, N), _x.Pointer[k], _y.Span[..N], _y.Span[..N]);
    }

    [Benchmark]
    public void Firn() => MatrixVector.Multiply(_x.Pointer, _packed, null, _y.Pointer);
}

/// <summary>Adam's update.</summary>
public class AdamBenchmarks
{
    private float[] _gradient = [],
        _first = [],
        _second = [],
        _weights = [],
        _scratch = [];

    [Params(4096, 4099)]
    public int Length { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _gradient = KernelData.Random(Length, 1);
        _weights = KernelData.Random(Length, 2);
        (_first, _second, _scratch) = (new float[Length], new float[Length], new float[Length]);
    }

    [Benchmark(Baseline = true)]
    public void Scalar()
    {
        for (int i = 0; i < _gradient.Length; i++)
        {
            _first[i] = 0.9f * _first[i] + 0.1f * _gradient[i];
            _second[i] = 0.999f * _second[i] + 0.001f * _gradient[i] * _gradient[i];
            _weights[i] -= 1e-6f * _first[i] / (MathF.Sqrt(_second[i]) + 1e-7f);
        }
    }

    [Benchmark]
    public void TensorPrimitivesCalls()
    {
        TensorPrimitives.Multiply(_gradient, 0.1f, _scratch);
        TensorPrimitives.MultiplyAdd(_first, 0.9f, _scratch, _first);
        TensorPrimitives.Multiply<float>(_gradient, _gradient, _scratch);
        TensorPrimitives.Multiply(_scratch, 0.001f, _scratch);
        TensorPrimitives.MultiplyAdd(_second, 0.999f, _scratch, _second);
        TensorPrimitives.Sqrt<float>(_second, _scratch);
        TensorPrimitives.Add(_scratch, 1e-7f, _scratch);
        TensorPrimitives.Divide<float>(_first, _scratch, _scratch);
        TensorPrimitives.MultiplyAdd(_scratch, -1e-6f, _weights, _weights);
    }

    [Benchmark]
    public void Firn() => AdamKernel.Step(_gradient, 1e-6f, 0.9f, 0.999f, 1e-7f, _first, _second, _weights);
}

/// <summary>Functions of one vector, aligned and ragged.</summary>
public class VectorBenchmarks
{
    private float[] _x = [],
        _y = [];

    [Params(400, 403)]
    public int Length { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _x = KernelData.Random(Length, 1);
        _y = new float[Length];
    }

    [Benchmark]
    public void SigmoidScalar()
    {
        for (int i = 0; i < _x.Length; i++)
            _y[i] = 1 / (1 + MathF.Exp(-_x[i]));
    }

    [Benchmark]
    public void SigmoidTensorPrimitives() => TensorPrimitives.Sigmoid(_x, _y);

    [Benchmark]
    public void SigmoidFirn() => Activations.Sigmoid(_x, _y);

    [Benchmark]
    public void TanhScalar()
    {
        for (int i = 0; i < _x.Length; i++)
            _y[i] = MathF.Tanh(_x[i]);
    }

    [Benchmark]
    public void TanhTensorPrimitives() => TensorPrimitives.Tanh(_x, _y);

    [Benchmark]
    public void TanhFirn() => Activations.Tanh(_x, _y);

    [Benchmark]
    public float DotScalar()
    {
        float sum = 0;
        for (int i = 0; i < _x.Length; i++)
            sum += _x[i] * _y[i];
        return sum;
    }

    [Benchmark]
    public float DotTensorPrimitives() => TensorPrimitives.Dot<float>(_x, _y);

    [Benchmark]
    public float DotFirn() => VectorMath.Dot(_x, _y);
}

/// <summary>One LSTM step's gates for 64 texts.</summary>
public unsafe class LstmCellBenchmarks
{
    private const int Rows = 64;

    private AlignedBuffer _gates = new(),
        _cell = new(),
        _tanh = new(),
        _output = new();

    [Params(96, 100)]
    public int Hidden { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _gates = new AlignedBuffer(Rows * 4 * Hidden);
        _cell = new AlignedBuffer(Rows * Hidden);
        _tanh = new AlignedBuffer(Rows * Hidden);
        _output = new AlignedBuffer(Rows * Hidden);
        KernelData.Random(Rows * 4 * Hidden, 3).CopyTo(_gates.Span);
    }

    [Benchmark(Baseline = true)]
    public void Scalar()
    {
        for (int r = 0; r < Rows; r++)
        {
            Span<float> state = _cell.Span.Slice(r * Hidden, Hidden);
            Reference.LstmForward<float>(
                _gates.Span.Slice(r * 4 * Hidden, 4 * Hidden),
                state,
                state,
                _output.Span.Slice(r * Hidden, Hidden)
            );
        }
    }

    [Benchmark]
    public void TensorPrimitivesCalls()
    {
        for (int r = 0; r < Rows; r++)
        {
            Span<float> z = _gates.Span.Slice(r * 4 * Hidden, 4 * Hidden),
                state = _cell.Span.Slice(r * Hidden, Hidden),
                h = _output.Span.Slice(r * Hidden, Hidden);
            Span<float> i = z[..Hidden],
                f = z.Slice(Hidden, Hidden),
                g = z.Slice(2 * Hidden, Hidden),
                o = z[(3 * Hidden)..];
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
    public void Firn() =>
        LstmCell.Forward(Rows, Hidden, _gates.Pointer, _cell.Pointer, _cell.Pointer, _tanh.Pointer, _output.Pointer);
}

internal static class KernelData
{
    public static float[] Random(int length, ulong seed)
    {
        var random = new CounterRandom(seed);
        return [.. Enumerable.Range(0, length).Select(i => 2 * random.Uniform((ulong)i) - 1)];
    }
}
