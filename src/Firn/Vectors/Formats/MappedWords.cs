using System.Collections;
using System.Text;
using System.Text.Unicode;
using Firn.Files;
using Firn.Vectors.Storage;

namespace Firn.Vectors.Formats;

/// <summary>The words of a mapped file: each is read, and checked, when it is asked for.</summary>
/// <param name="region">The file.</param>
/// <param name="bytes">UTF-8 of all words.</param>
/// <param name="ends">Where each word ends among the bytes.</param>
/// <param name="slots">See <see cref="WordSlots"/>.</param>
/// <param name="count">Words in use, the first of the file.</param>
internal sealed class MappedWords(
    MappedRegion region,
    ReadOnlyMemory<byte> bytes,
    ReadOnlyMemory<int> ends,
    ReadOnlyMemory<int> slots,
    int count
) : IWordIndex, IReadOnlyList<string>
{
    private const int StackBytes = 512;

    public int Count => count;

    public IReadOnlyList<string> Words => this;

    public string this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, count);
            using var hold = new MappedHold(region);
            return Encoding.UTF8.GetString(BytesOf(index));
        }
    }

    public bool TryGetRow(ReadOnlySpan<char> word, out int row)
    {
        int most = Encoding.UTF8.GetMaxByteCount(word.Length);
        Span<byte> encoded = most <= StackBytes ? stackalloc byte[StackBytes] : new byte[most];
        row = 0;
        using var hold = new MappedHold(region);
        // Half a surrogate pair has no bytes in UTF-8, so no word of the file holds one.
        return Utf8.FromUtf16(word, encoded, out _, out int length, replaceInvalidSequences: false)
                == System.Buffers.OperationStatus.Done
            && TryFind(encoded[..length], out row);
    }

    public IEnumerator<string> GetEnumerator()
    {
        for (int i = 0; i < count; i++)
            yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private bool TryFind(ReadOnlySpan<byte> word, out int row)
    {
        ReadOnlySpan<int> table = slots.Span;
        uint slot = WordSlots.Hash(word) & (uint)(table.Length - 1);
        row = 0;
        // No more probes than slots: a damaged table may have no free one.
        for (int probe = 0; probe < table.Length; probe++, slot = (slot + 1) & (uint)(table.Length - 1))
        {
            int entry = table[(int)slot];
            if (entry == 0)
                return false;
            if ((uint)(entry - 1) >= (uint)ends.Length)
                Damaged($"slot {slot}", $"it names word {entry} of {ends.Length}");
            if (BytesOf(entry - 1).SequenceEqual(word))
            {
                row = entry - 1;
                return row < count;
            }
        }
        return false;
    }

    private ReadOnlySpan<byte> BytesOf(int index)
    {
        ReadOnlySpan<int> places = ends.Span;
        int start = index == 0 ? 0 : places[index - 1],
            end = places[index];
        if (start < 0 || end < start || end > bytes.Length)
            Damaged($"word {index + 1}", $"it is said to take the bytes {start} to {end} of {bytes.Length}");
        return bytes.Span[start..end];
    }

    private void Damaged(string place, string problem) =>
        Throw.BadFile(region.Path, place, problem, "The file is damaged; make it again with 'firn vectors convert'");
}
