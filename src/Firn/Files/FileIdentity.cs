using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Firn.Files;

/// <summary>
/// Which file a path leads to, whatever links lie on the way: device and inode on Linux. Elsewhere the path with its
/// final link followed stands for it, so hard links are not seen through there.
/// </summary>
/// <param name="Place">What tells the file from others.</param>
/// <param name="IsRegular">Neither a pipe nor a device.</param>
internal readonly partial record struct FileIdentity(string Place, bool IsRegular)
{
    private const int CurrentFolder = -100,
        BasicStats = 0x7FF,
        StatxBytes = 256; // AT_FDCWD, STATX_BASIC_STATS
    private const int ModeAt = 28,
        InodeAt = 32,
        DeviceAt = 136; // of struct statx, the same on every processor
    private const int TypeMask = 0xF000,
        RegularFile = 0x8000;

    /// <summary>The identity of a file that exists; null where there is none, or a folder.</summary>
    public static FileIdentity? Of(string path)
    {
        if (path == InputFile.StandardInput || !File.Exists(path))
            return null;
        return OnLinux(path) ?? new FileIdentity(Final(path), !IsDevice(path));
    }

    /// <summary>The path that a link leads to in the end, or the path itself.</summary>
    public static string Final(string path) =>
        File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? Path.GetFullPath(path);

    private static FileIdentity? OnLinux(string path)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        var stat = new byte[StatxBytes];
        try
        {
            if (Statx(CurrentFolder, path, 0, BasicStats, stat) != 0)
                return null;
        }
        catch (TypeLoadException) // an old library of C, or none of that name
        {
            return null;
        }
        ulong inode = BinaryPrimitives.ReadUInt64LittleEndian(stat.AsSpan(InodeAt)),
            device = BinaryPrimitives.ReadUInt64LittleEndian(stat.AsSpan(DeviceAt));
        return new FileIdentity($"{device}:{inode}", (BitConverter.ToUInt16(stat, ModeAt) & TypeMask) == RegularFile);
    }

    private static bool IsDevice(string path) =>
        File.GetAttributes(path).HasFlag(FileAttributes.Device) || path.StartsWith("/dev/", StringComparison.Ordinal);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, byte[] stat);
}
