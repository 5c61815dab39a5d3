using Firn.Files;
using Firn.Text;
using SharpCompress.Archives;
using SharpCompress.Archives.Rar;
using SharpCompress.Archives.SevenZip;
using SharpCompress.Compressors;
using SharpCompress.Compressors.BZip2;
using SharpCompress.Compressors.Lzw;
using SharpCompress.Compressors.Xz;
using SharpCompress.Compressors.ZStandard;
using SharpCompress.Readers;

namespace Firn.Formats;

/// <summary>The formats of this library, added to those that Firn reads by itself.</summary>
public static class DataFormats
{
    private const int ZstandardBuffer = 1 << 16;

    /// <summary>
    /// From here on bzip2, xz, Zstandard, Unix compress, 7z and RAR are unpacked wherever Firn opens a file, and corpora may be
    /// Parquet files and Excel workbooks. Calling it again changes nothing.
    /// </summary>
    public static void Add()
    {
        Add(FileKind.Bzip2, stream => BZip2Stream.Create(stream, CompressionMode.Decompress, true, false, false));
        Add(FileKind.Xz, stream => new XZStream(stream));
        Add(FileKind.Zstandard, stream => new DecompressionStream(stream, ZstandardBuffer, true, false));
        Add(FileKind.Compress, stream => new LzwStream(stream));
        AddArchive(FileKind.SevenZip, stream => SevenZipArchive.OpenArchive(stream, new ReaderOptions()));
        AddArchive(FileKind.Rar, stream => RarArchive.OpenArchive(stream, new ReaderOptions()));
        CorpusTables.Add(FileKind.Parquet, ParquetTable.Open);
        CorpusTables.Add(FileKind.Excel, ExcelTable.Open);
        CorpusTables.Add(FileKind.Ole, ExcelTable.Open);
    }

    private static void Add(FileKind kind, Func<Stream, Stream> unpack) =>
        FileDecoders.Add(kind, input => new GuardedStream(input.Path, kind, input.Open(), unpack));

    private static void AddArchive(FileKind kind, Func<Stream, IArchive> open) =>
        FileDecoders.Add(kind, input => ArchivedFile.Open(input, kind, open));
}
