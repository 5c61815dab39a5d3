using System.Runtime.CompilerServices;

namespace Firn.Kernels;

/// <summary>Row pointers in memory that does not move, as the kernels take them.</summary>
internal sealed unsafe class PointerList
{
    private nint[] _items = GC.AllocateArray<nint>(64, pinned: true);

    public int Count { get; private set; }

    public float** Items => (float**)Unsafe.AsPointer(ref _items[0]);

    public void Clear() => Count = 0;

    public void Add(float* row)
    {
        if (Count == _items.Length)
        {
            nint[] larger = GC.AllocateArray<nint>(2 * Count, pinned: true);
            _items.CopyTo(larger, 0);
            _items = larger;
        }
        _items[Count++] = (nint)row;
    }

    /// <summary>Adds <paramref name="row"/> until the count is a multiple of <paramref name="multiple"/>.</summary>
    public void PadTo(int multiple, float* row)
    {
        while (Count % multiple != 0)
            Add(row);
    }
}
