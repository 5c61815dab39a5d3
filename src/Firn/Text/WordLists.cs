using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace Firn.Text;

/// <summary>
/// The stop words and the contractions without apostrophe in one table for the fast scanners, found by a word's bytes
/// with one multiplication and one comparison: a hash without collisions. The multiplier is found by trial; the search
/// begins with the one that fits the words of today, since finding it takes 90 ms of a process's start.
/// </summary>
internal static class WordLists
{
    private const int Bits = 11;
    private const int Longest = 16;
    private const ulong FirstMultiplier = 0x7EA8BF79E8A3A793;

    private static readonly Vector128<byte>[] Keys;
    private static readonly string?[] Full;
    private static readonly bool[] Stops;
    private static readonly byte[] Slots = new byte[1 << Bits]; // number of the key, 0 where there is none
    private static readonly ulong Multiplier;

    // 16 bytes of ones and 16 of zeros: read at 16 - n they keep n bytes.
    private static readonly byte[] Masks =
    [
        .. Enumerable.Repeat((byte)255, Longest),
        .. Enumerable.Repeat((byte)0, Longest),
    ];

    static WordLists()
    {
        string[] words = [.. EnglishStopWords.Words.Concat(Contractions.WithoutApostrophe).Distinct()];
        Keys = new Vector128<byte>[words.Length + 1];
        Full = new string?[words.Length + 1];
        Stops = new bool[words.Length + 1];
        for (int i = 0; i < words.Length; i++)
        {
            var bytes = new byte[Longest];
            Encoding.ASCII.GetBytes(words[i], bytes);
            Keys[i + 1] = Vector128.Create(bytes);
            Full[i + 1] = Contractions.Restore(words[i]);
            Stops[i + 1] = EnglishStopWords.Contains(words[i]);
        }
        for (
            ulong candidate = FirstMultiplier;
            Multiplier == 0;
            candidate = candidate * 6364136223846793005 + 1442695040888963407
        )
        {
            Array.Clear(Slots);
            int placed = 1;
            while (placed < Keys.Length && Slots[SlotOf(Keys[placed], candidate | 1)] == 0)
                Slots[SlotOf(Keys[placed], candidate | 1)] = (byte)placed++;
            if (placed == Keys.Length)
                Multiplier = candidate | 1;
        }
    }

    /// <summary>
    /// Whether the search ended with the first multiplier: else put <see cref="Multiplier"/> in its place.
    /// </summary>
    internal static bool FoundAtOnce => Multiplier == FirstMultiplier;

    /// <summary>
    /// The number of a word of at most 16 lower-case bytes, or 0; 16 bytes from its first may be read.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Find(ref byte word, int length)
    {
        Vector128<byte> key =
            Vector128.LoadUnsafe(ref word)
            & Vector128.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(Masks), (nuint)(Longest - length));
        int number = Slots[SlotOf(key, Multiplier)];
        return Keys[number] == key ? number : 0;
    }

    /// <summary>Whether the word of this number is a stop word; number 0 is not.</summary>
    public static bool IsStopWord(int number) => Stops[number];

    /// <summary>The word of this number with its apostrophe, or null where it lacks none.</summary>
    public static string? WithApostrophe(int number) => Full[number];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int SlotOf(Vector128<byte> key, ulong multiplier)
    {
        ulong low = key.AsUInt64().GetElement(0),
            high = key.AsUInt64().GetElement(1);
        return (int)(((low ^ (high * multiplier)) * multiplier) >> (64 - Bits));
    }
}
