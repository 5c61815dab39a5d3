using System.Runtime.Intrinsics;

namespace Firn.Kernels;

/// <summary>The vector width that the kernels use.</summary>
internal enum KernelWidth
{
    /// <summary>Plain loops, one value at a time.</summary>
    Scalar = 1,

    /// <summary>128-bit vectors, four values: every x86-64 and ARM64 processor.</summary>
    Vector128 = 4,

    /// <summary>256-bit vectors, eight values.</summary>
    Vector256 = 8,

    /// <summary>512-bit vectors, sixteen values.</summary>
    Vector512 = 16,
}

/// <summary>
/// The one place that chooses the kernels: the widest path of this machine, or what the environment variable
/// <c>FIRN_KERNELS</c> (<c>512</c>, <c>256</c>, <c>128</c> or <c>scalar</c>) forces, so that a test run covers each
/// path.
/// </summary>
internal static class KernelPath
{
    /// <summary>The path in use; fixed for the life of the process, so that the JIT drops the others.</summary>
    public static readonly KernelWidth Width = Choose(Environment.GetEnvironmentVariable("FIRN_KERNELS"));

    private static KernelWidth Choose(string? forced)
    {
        KernelWidth widest =
            Vector512.IsHardwareAccelerated ? KernelWidth.Vector512
            : Vector256.IsHardwareAccelerated ? KernelWidth.Vector256
            : Vector128.IsHardwareAccelerated ? KernelWidth.Vector128
            : KernelWidth.Scalar;
        KernelWidth wanted = forced switch
        {
            null or "" => widest,
            "512" => KernelWidth.Vector512,
            "256" => KernelWidth.Vector256,
            "128" => KernelWidth.Vector128,
            "scalar" => KernelWidth.Scalar,
            _ => throw new InvalidOperationException(
                $"FIRN_KERNELS is '{forced}'; it must be 512, 256, 128 or scalar, or be left unset for the widest of "
                    + $"this machine."
            ),
        };
        if (wanted > widest)
        {
            throw new InvalidOperationException(
                $"FIRN_KERNELS asks for {wanted}, and this processor has at most {widest}; leave it unset."
            );
        }
        return wanted;
    }
}
