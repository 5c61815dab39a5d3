namespace Firn.Client;

/// <summary>
/// Texts as token ids in the fewest bytes: for each text the number of its ids, then the ids, every number as an
/// unsigned LEB128 integer (seven bits a byte, lowest first, the eighth bit says that more follow). Ids rise by falling
/// count, so frequent words take one byte and nearly all others two.
/// </summary>
public static class PackedIds
{
    /// <summary>The media type of a packed request.</summary>
    public const string ContentType = "application/x-firn-ids";

    /// <summary>The media type of a packed answer: float32 little-endian, [N,K], row after row.</summary>
    public const string ScoresType = "application/x-firn-scores";

    private const int LargestNumber = 5;

    /// <summary>Appends one text.</summary>
    /// <param name="ids">Its ids, none of them negative.</param>
    /// <param name="destination">Where the bytes go.</param>
    public static void Append(ReadOnlySpan<int> ids, List<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        Append((uint)ids.Length, destination);
        foreach (int id in ids)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(id, nameof(ids));
            Append((uint)id, destination);
        }
    }

    /// <summary>Reads all texts.</summary>
    /// <param name="bytes">The packed texts, whole.</param>
    /// <param name="maxTexts">Most texts allowed.</param>
    /// <param name="maxIds">Most ids of one text allowed.</param>
    /// <returns>All ids, and where each text begins in them with their number last.</returns>
    /// <exception cref="InvalidDataException">
    /// The bytes end inside a text, a number is too large, or a limit is passed; the message names the byte.
    /// </exception>
    public static UnpackedIds Read(ReadOnlySpan<byte> bytes, int maxTexts, int maxIds)
    {
        // Every id takes at least one byte, so the input's length bounds what is allocated whatever it claims.
        var ids = new List<int>(bytes.Length);
        var offsets = new List<int> { 0 };
        int at = 0;
        while (at < bytes.Length)
        {
            if (offsets.Count > maxTexts)
                throw new InvalidDataException($"byte {at}: more than {maxTexts} texts");
            int start = at;
            int count = Number(bytes, ref at);
            if (count > maxIds)
                throw new InvalidDataException(
                    $"byte {start}: text {offsets.Count - 1} announces {count} ids and at most {maxIds} are allowed"
                );
            if (count > bytes.Length - at)
                throw new InvalidDataException(
                    $"byte {start}: text {offsets.Count - 1} announces {count} ids and only {bytes.Length - at} "
                        + $"bytes follow"
                );
            for (int i = 0; i < count; i++)
                ids.Add(Number(bytes, ref at));
            offsets.Add(ids.Count);
        }
        return new([.. ids], [.. offsets]);
    }

    private static void Append(uint number, List<byte> destination)
    {
        while (number >= 0x80)
        {
            destination.Add((byte)(number | 0x80));
            number >>= 7;
        }
        destination.Add((byte)number);
    }

    private static int Number(ReadOnlySpan<byte> bytes, ref int at)
    {
        int start = at;
        ulong number = 0;
        for (int i = 0; i < LargestNumber; i++)
        {
            if (at == bytes.Length)
                throw new InvalidDataException($"byte {start}: the number is cut off");
            byte b = bytes[at++];
            number |= (ulong)(b & 0x7F) << (7 * i);
            if (b < 0x80)
                return number <= int.MaxValue
                    ? (int)number
                    : throw new InvalidDataException($"byte {start}: {number} is too large; ids are below 2^31");
        }
        throw new InvalidDataException($"byte {start}: a number longer than {LargestNumber} bytes; ids are below 2^31");
    }
}
