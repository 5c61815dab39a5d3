using System.Buffers.Binary;
using System.Text;

namespace Firn.Files;

/// <summary>
/// The kinds of file that bytes of fixed value begin; of those that share a container, the one inside tells.
/// </summary>
internal static class FileSignatures
{
    private const int TarHeader = 512,
        TarChecksumAt = 148;

    /// <summary>
    /// The kind; <see cref="FileKind.Binary"/> where nothing known begins the file, which may still be text.
    /// </summary>
    public static FileKind Find(ReadOnlySpan<byte> head)
    {
        FileKind kind = Packed(head);
        if (kind == FileKind.Binary)
            kind = Table(head);
        if (kind == FileKind.Binary)
            kind = Model(head);
        return kind == FileKind.Binary ? Other(head) : kind;
    }

    private static FileKind Packed(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]))
            return FileKind.Gzip;
        if (
            head.StartsWith("BZh"u8)
            && head.Length >= 10
            && head[3] is >= (byte)'1' and <= (byte)'9'
            && (
                head[4..].StartsWith("1AY&SY"u8)
                || head[4..].StartsWith((ReadOnlySpan<byte>)[0x17, 0x72, 0x45, 0x38, 0x50, 0x90])
            )
        )
            return FileKind.Bzip2;
        if (head.StartsWith((ReadOnlySpan<byte>)[0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]))
            return FileKind.Xz;
        if (
            head.StartsWith((ReadOnlySpan<byte>)[0x28, 0xB5, 0x2F, 0xFD])
            || (
                head.Length >= 4
                && head[0] is >= 0x50 and <= 0x5F
                && head[1..4].SequenceEqual((ReadOnlySpan<byte>)[0x2A, 0x4D, 0x18])
            )
        )
            return FileKind.Zstandard;
        if (head.StartsWith((ReadOnlySpan<byte>)[0x04, 0x22, 0x4D, 0x18]))
            return FileKind.Lz4;
        if (head.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x9D]))
            return FileKind.Compress;
        if (head.StartsWith((ReadOnlySpan<byte>)[0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]))
            return FileKind.SevenZip;
        if (head.StartsWith("Rar!\u001A\u0007"u8))
            return FileKind.Rar;
        if (head.StartsWith("PK\u0003\u0004"u8) || head.StartsWith("PK\u0005\u0006"u8))
            return InsideZip(head);
        return IsTar(head) ? FileKind.Tar : FileKind.Binary;
    }

    /// <summary>Of the formats that are zip archives, the one that the names of the first entries tell.</summary>
    private static FileKind InsideZip(ReadOnlySpan<byte> head)
    {
        const int flagsAt = 6,
            sizeAt = 18,
            nameLengthAt = 26,
            extraLengthAt = 28,
            nameAt = 30,
            sizeFollows = 8;
        bool office = false,
            other = false;
        for (int at = 0; at >= 0 && at + nameAt < head.Length; )
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(head[(at + nameLengthAt)..]);
            string name = Encoding.UTF8.GetString(head.Slice(at + nameAt, Math.Min(length, head.Length - at - nameAt)));
            if (name.StartsWith("xl/", StringComparison.Ordinal))
                return FileKind.Excel;
            if (
                name.StartsWith("word/", StringComparison.Ordinal)
                || name.StartsWith("ppt/", StringComparison.Ordinal)
                || (at == 0 && name == "mimetype")
            )
                return FileKind.OfficeDocument;
            if (
                name.EndsWith(".npy", StringComparison.Ordinal)
                && !name.Contains('/', StringComparison.Ordinal)
                && at == 0
            )
                return FileKind.NumPyArchive;
            if (name.EndsWith("/data.pkl", StringComparison.Ordinal))
                return FileKind.PyTorch;
            if (at == 0 && name == "metadata.json" && head.IndexOf("model.weights.h5"u8) >= 0)
                return FileKind.Keras;
            bool frame =
                name == "[Content_Types].xml"
                || name.StartsWith("_rels/", StringComparison.Ordinal)
                || name.StartsWith("docProps/", StringComparison.Ordinal);
            office |= frame;
            other |= !frame;
            // What is packed may hold the same mark: an archive in an archive. It is passed over where its size is told
            // before it.
            long from = at + nameAt;
            if ((head[at + flagsAt] & sizeFollows) == 0)
                from +=
                    (long)length
                    + BinaryPrimitives.ReadUInt16LittleEndian(head[(at + extraLengthAt)..])
                    + BinaryPrimitives.ReadUInt32LittleEndian(head[(at + sizeAt)..]);
            int next = from < head.Length ? head[(int)from..].IndexOf("PK\u0003\u0004"u8) : -1;
            at = next < 0 ? -1 : (int)from + next;
        }
        return office && !other ? FileKind.Excel : FileKind.Zip;
    }

    /// <summary>A tar header's checksum is the sum of its bytes with the checksum's own taken for spaces.</summary>
    private static bool IsTar(ReadOnlySpan<byte> head)
    {
        if (head.Length < TarHeader || head[0] == 0)
            return false;
        int sum = 0,
            told = 0;
        for (int i = 0; i < TarHeader; i++)
            sum += i is >= TarChecksumAt and < TarChecksumAt + 8 ? ' ' : head[i];
        foreach (byte digit in head.Slice(TarChecksumAt, 8).Trim(" \0"u8))
        {
            if (digit is < (byte)'0' or > (byte)'7')
                return false;
            told = told * 8 + digit - '0';
        }
        return sum == told;
    }

    private static FileKind Table(ReadOnlySpan<byte> head)
    {
        // An encrypted file goes on with a length of four bytes; a column PARENT_ID does not.
        if (
            head.StartsWith("PAR1"u8) || (head.StartsWith("PARE"u8) && head.Length >= 8 && head[4..8].Contains((byte)0))
        )
            return FileKind.Parquet;
        // A stream of Arrow begins with a continuation mark, the metadata's length and a small offset.
        if (
            head.StartsWith("ARROW1\0"u8)
            || head.StartsWith("FEA1"u8)
            || (
                head.Length >= 12
                && head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFF, 0xFF, 0xFF])
                && head[6] == 0
                && head[7] == 0
            )
        )
            return FileKind.Arrow;
        if (head.StartsWith("ORC"u8) && head.Length > 3 && head[3] < 32)
            return FileKind.Orc;
        if (head.StartsWith("Obj\u0001"u8))
            return FileKind.Avro;
        if (head.StartsWith((ReadOnlySpan<byte>)[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]))
            return FileKind.Ole;
        if (head.StartsWith("SQLite format 3\0"u8))
            return FileKind.Sqlite;
        bool statistics =
            ((head.StartsWith("RDX"u8) || head.StartsWith("RDA"u8)) && head.Length > 4 && head[4] == '\n')
            || head.StartsWith("X\n\0\0\0"u8)
            || head.StartsWith("<stata_dta>"u8)
            || head.StartsWith("$FL2"u8)
            || head.StartsWith("MATLAB 5.0 MAT-file"u8);
        return statistics ? FileKind.Statistics : FileKind.Binary;
    }

    private static FileKind Model(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith((ReadOnlySpan<byte>)[0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y']))
            return FileKind.NumPy;
        if (head.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'H', (byte)'D', (byte)'F', 0x0D, 0x0A, 0x1A, 0x0A]))
            return FileKind.Hdf5;
        if (head.StartsWith((ReadOnlySpan<byte>)[0xBA, 0x16, 0x4F, 0x2F]))
            return FileKind.FastText;
        if (head.StartsWith("GGUF"u8) && head.Length >= 8 && head[6] == 0 && head[7] == 0)
            return FileKind.Gguf;
        // Safetensors: a length of eight bytes, of which three suffice in practice, then JSON.
        if (
            head.Length >= 10
            && head[4..8].IndexOfAnyExcept((byte)0) < 0
            && head[8] == '{'
            && head[9] is (byte)'"' or (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'}'
        )
            return FileKind.Safetensors;
        if (Pickle(head) is var pickle and not FileKind.Binary)
            return pickle;
        return IsMessage(head) ? FileKind.ProtocolBuffers : FileKind.Binary;
    }

    private static FileKind Pickle(ReadOnlySpan<byte> head)
    {
        // PyTorch before 1.6 begins with a number of its own, pickled.
        if (head.StartsWith((ReadOnlySpan<byte>)[0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9]))
            return FileKind.PyTorch;
        bool numbered =
            head.Length >= 3
            && head[0] == 0x80
            && head[1] is >= 2 and <= 5
            && (head[2] == 0x95 || "]}(cXqKJMNGCBTU)\x8C\x8D\x8E\x8F"u8.Contains(head[2]));
        // Protocol 0 is text: a class by module and name, or an empty list or dictionary that is kept.
        bool text =
            head.StartsWith("ccopy_reg\n"u8)
            || head.StartsWith("cnumpy"u8)
            || head.StartsWith("cpandas"u8)
            || (
                (head.StartsWith("(dp"u8) || head.StartsWith("(lp"u8))
                && head.Length >= 5
                && head[3] is >= (byte)'0' and <= (byte)'9'
                && head[4] == '\n'
            );
        return numbered || text ? FileKind.Pickle : FileKind.Binary;
    }

    /// <summary>
    /// Protocol Buffers: a small number in field 1, then a field of text whose length fits (ONNX, TensorFlow).
    /// </summary>
    private static bool IsMessage(ReadOnlySpan<byte> head)
    {
        if (
            head.Length < 16
            || head[0] != 0x08
            || head[1] is 0 or > 0x20
            || head[2] is not (0x12 or 0x1A or 0x22 or 0x2A or 0x32 or 0x3A)
        )
            return false;
        int length = head[3];
        return length < 0x80
            && 4 + length <= head.Length
            && (length == 0 || head.Slice(4, Math.Min(length, 8)).IndexOfAnyExceptInRange((byte)1, (byte)0x7E) < 0);
    }

    private static FileKind Other(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith("%PDF-"u8))
            return FileKind.Pdf;
        if (
            head.StartsWith((ReadOnlySpan<byte>)[0x7F, (byte)'E', (byte)'L', (byte)'F'])
            || (head.StartsWith("MZ"u8) && head.IndexOf((byte)0) is > 0 and < 64)
        )
            return FileKind.Program;
        bool image =
            head.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A])
            || head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])
            || head.StartsWith("GIF87a"u8)
            || head.StartsWith("GIF89a"u8)
            || (head.StartsWith("RIFF"u8) && head.Length >= 12 && head[8..12].SequenceEqual("WEBP"u8));
        return image ? FileKind.Image : FileKind.Binary;
    }
}
