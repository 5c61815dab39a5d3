using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Firn.Kernels;

/// <summary>Asks for memory that will be read soon; nothing where the processor cannot be asked.</summary>
internal static unsafe class Prefetch
{
    /// <summary>
    /// Asks for the line of cache that holds <paramref name="value"/>. It may move meanwhile: a line asked for in vain
    /// does no harm.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Line<T>(ref readonly T value)
        where T : unmanaged
    {
        if (Sse.IsSupported)
            Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.AsRef(in value)));
    }
}
