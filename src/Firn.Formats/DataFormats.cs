using Firn.Data;
using Firn.Files;
using SharpCompress.Compressors;
using SharpCompress.Compressors.BZip2;
using SharpCompress.Compressors.Lzw;
using SharpCompress.Compressors.Xz;
using SharpCompress.Compressors.ZStandard;

namespace Firn.Formats;

/// <summary>The formats of this library, added to those that Firn reads by itself.</summary>
public static class DataFormats
{
    private const int ZstandardBuffer = 1 << 16;

    /// <summary>
    /// From here on bzip2, xz, Zstandard, Unix compress, 7z and RAR are unpacked wherever Firn opens a file, and
    /// corpora may be Parquet files and Excel workbooks. Calling it again changes nothing.
    /// </summary>
    public static void Add()
    {
        Add(FileKind.Bzip2, stream => BZip2Stream.Create(stream, CompressionMode.Decompress, true, false, false));
        Add(FileKind.Xz, stream => new XZStream(stream));
        Add(FileKind.Zstandard, stream => new DecompressionStream(stream, ZstandardBuffer, true, false));
        Add(FileKind.Compress, stream => new LzwStream(stream));
        FileDecoders.Add(FileKind.SevenZip, ArchivedFile.OfSevenZip);
        FileDecoders.Add(FileKind.Rar, ArchivedFile.OfRar);
        CorpusTables.Add(FileKind.Parquet, ParquetTable.Open);
        CorpusTables.Add(FileKind.Excel, ExcelTable.Open);
        CorpusTables.Add(FileKind.Ole, ExcelTable.Open);
    }

    private static void Add(FileKind kind, Func<Stream, Stream> unpack) =>
        FileDecoders.Add(kind, input => new GuardedStream(input.Path, kind, input.Open(), unpack));
}
