using System.Numerics;
using System.Text;
using System.Text.Unicode;

namespace Firn.Vectors.Formats;

/// <summary>
/// The hash table in Firn's own vector file: a power of two of slots, more than twice as many as words, each 0 or a
/// word's number from 1. A word stands in the first free slot from its hash on, so that it is found without reading any
/// other.
/// </summary>
internal static class WordSlots
{
    /// <summary>FNV-1a over the UTF-8 bytes, its upper half folded into the lower, which chooses the slot.</summary>
    public static uint Hash(ReadOnlySpan<byte> word)
    {
        uint hash = 2166136261;
        foreach (byte b in word)
            hash = (hash ^ b) * 16777619;
        return hash ^ (hash >> 15);
    }

    /// <summary>Lays out words: their bytes, where each ends among them, and the slots.</summary>
    /// <exception cref="ArgumentException">A word holds half a surrogate pair, or all have more than 2 GB.</exception>
    public static SlottedWords Of(IReadOnlyList<string> words)
    {
        long length = 0;
        foreach (string word in words)
            length += Encoding.UTF8.GetByteCount(word);
        if (length > Array.MaxLength)
            throw new ArgumentException(
                $"The words take {length} bytes, more than one file of vectors holds.",
                nameof(words)
            );
        var bytes = new byte[length];
        var ends = new int[words.Count];
        var slots = new int[BitOperations.RoundUpToPowerOf2(2 * (uint)words.Count + 1)];
        int start = 0;
        for (int i = 0; i < words.Count; i++)
        {
            if (
                Utf8.FromUtf16(words[i], bytes.AsSpan(start), out _, out int written, replaceInvalidSequences: false)
                != System.Buffers.OperationStatus.Done
            )
                throw new ArgumentException(
                    $"The word '{words[i]}' in row {i} holds half a surrogate pair, which has no bytes in UTF-8; "
                        + $"rename it.",
                    nameof(words)
                );
            uint slot = Hash(bytes.AsSpan(start, written)) & (uint)(slots.Length - 1);
            while (slots[slot] != 0)
                slot = (slot + 1) & (uint)(slots.Length - 1);
            slots[slot] = i + 1;
            start += written;
            ends[i] = start;
        }
        return new(bytes, ends, slots);
    }
}
