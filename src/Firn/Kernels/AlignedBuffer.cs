using System.Runtime.InteropServices;

namespace Firn.Kernels;

/// <summary>
/// Floats on a 64-byte boundary that never move, so kernels keep plain pointers and a 512-bit load never straddles two
/// cache lines. Grows, never shrinks: after the largest batch nothing is allocated.
/// </summary>
internal sealed unsafe class AlignedBuffer
{
    private const int Line = 16; // floats in 64 bytes
    private float[] _storage = [];
    private int _start;

    public AlignedBuffer() { }

    public AlignedBuffer(int length) => Reserve(length);

    /// <summary>Floats that fit without growth.</summary>
    public int Capacity { get; private set; }

    /// <summary>The first float; valid while this buffer is alive and not grown.</summary>
    public float* Pointer { get; private set; }

    public Span<float> Span => _storage.AsSpan(_start, Capacity);

    /// <summary>At least <paramref name="length"/> floats; the content is lost when the buffer grows.</summary>
    public float* Reserve(long length)
    {
        if (length > Capacity)
        {
            int capacity = checked((int)(Capacity == 0 ? length : length + length / 8));
            _storage = GC.AllocateArray<float>(checked(capacity + Line), pinned: true);
            float* address = (float*)Marshal.UnsafeAddrOfPinnedArrayElement(_storage, 0);
            _start = (int)((64 - ((nuint)address & 63)) & 63) / sizeof(float);
            Pointer = address + _start;
            Capacity = capacity;
        }
        return Pointer;
    }
}
