using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Firn.Text;

/// <summary>
/// The first pass of the fast scanners: 64 characters at a time become lower-case bytes, lower-case characters and one
/// bit each for "ASCII letter or digit" and, if asked for, "begins three equal characters". What follows runs on bits.
/// </summary>
internal sealed class AsciiScan
{
    private const int Block = 64;

    private byte[] _bytes = new byte[8 * Block];
    private ulong[] _words = new ulong[8];
    private ulong[] _repeats = new ulong[8];

    /// <summary>
    /// The characters as bytes, ASCII letters in lower case, above U+00FF as 255; zeros after the end, and at least 16
    /// bytes that may be read after those.
    /// </summary>
    public byte[] Bytes => _bytes;

    /// <summary>Bit i of word i / 64: character i is an ASCII letter or digit. Zero bits after the end.</summary>
    public ulong[] Words => _words;

    /// <summary>
    /// Bit i: characters i, i + 1 and i + 2 are the same when lower-cased; a few bits at the end may be set without
    /// cause.
    /// </summary>
    public ulong[] Repeats => _repeats;

    /// <summary>Whether a character is not ASCII.</summary>
    public bool HasOther { get; private set; }

    /// <summary>How much room the lower-cased characters of a text need.</summary>
    public static int RoomFor(int length) => (length + Block - 1) / Block * Block;

    /// <summary>Scans a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="lower">
    /// Gets the ASCII characters lower-cased, others as they come; room for <see cref="RoomFor"/>.
    /// </param>
    /// <param name="findRepeats">Whether <see cref="Repeats"/> is needed.</param>
    /// <returns>Whether any bit of <see cref="Repeats"/> is set.</returns>
    public bool Run(ReadOnlySpan<char> text, Span<char> lower, bool findRepeats)
    {
        ScanSteps.Add(text.Length);
        int blocks = (text.Length + Block - 1) / Block;
        if (_words.Length <= blocks)
        {
            _words = new ulong[2 * blocks];
            _repeats = new ulong[2 * blocks];
            _bytes = new byte[2 * blocks * Block];
        }
        Vector256<byte> other = default;
        int block = 0;
        for (; (block + 1) * Block <= text.Length; block++)
            _words[block] = Convert(
                text.Slice(block * Block, Block),
                lower.Slice(block * Block, Block),
                _bytes.AsSpan(block * Block, Block),
                ref other
            );
        if (block * Block < text.Length)
        {
            Span<char> tail = stackalloc char[Block];
            tail.Clear();
            text[(block * Block)..].CopyTo(tail);
            _words[block] = Convert(
                tail,
                lower.Slice(block * Block, Block),
                _bytes.AsSpan(block * Block, Block),
                ref other
            );
            block++;
        }
        _words[block] = 0;
        _bytes[block * Block] = 0;
        HasOther = other.ExtractMostSignificantBits() != 0;
        return findRepeats && FindRepeats(block);
    }

    /// <summary>The first set bit at or after <paramref name="position"/>, or <paramref name="end"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int NextSet(ref ulong bits, int position, int end)
    {
        int index = position >>> 6;
        ulong here = Unsafe.Add(ref bits, index) & (ulong.MaxValue << position);
        while (here == 0)
        {
            if (++index << 6 >= end)
                return end;
            here = Unsafe.Add(ref bits, index);
        }
        return (index << 6) + BitOperations.TrailingZeroCount(here);
    }

    /// <summary>
    /// The first clear bit at or after <paramref name="position"/>; there is one at or after the end of the text.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int NextClear(ref ulong bits, int position)
    {
        int index = position >>> 6;
        ulong here = ~Unsafe.Add(ref bits, index) & (ulong.MaxValue << position);
        while (here == 0)
            here = ~Unsafe.Add(ref bits, ++index);
        return (index << 6) + BitOperations.TrailingZeroCount(here);
    }

    /// <summary>Whether a bit in [start, end) is set.</summary>
    public static bool AnySet(ref ulong bits, int start, int end) => NextSet(ref bits, start, end) < end;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Convert(
        ReadOnlySpan<char> text,
        Span<char> lower,
        Span<byte> narrow,
        ref Vector256<byte> other
    )
    {
        uint low = Half(
            ref MemoryMarshal.GetReference(text),
            ref MemoryMarshal.GetReference(lower),
            ref MemoryMarshal.GetReference(narrow),
            ref other
        );
        uint high = Half(
            ref Unsafe.Add(ref MemoryMarshal.GetReference(text), 32),
            ref Unsafe.Add(ref MemoryMarshal.GetReference(lower), 32),
            ref Unsafe.Add(ref MemoryMarshal.GetReference(narrow), 32),
            ref other
        );
        return low | ((ulong)high << 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Half(ref char text, ref char lower, ref byte narrow, ref Vector256<byte> other)
    {
        ref ushort source = ref Unsafe.As<char, ushort>(ref text);
        Vector256<byte> raw = Vector256.NarrowWithSaturation(
            Vector256.LoadUnsafe(ref source),
            Vector256.LoadUnsafe(ref source, 16)
        );
        other |= raw;
        Vector256<byte> upper = Vector256.LessThanOrEqual(
            raw - Vector256.Create((byte)'A'),
            Vector256.Create((byte)25)
        );
        Vector256<byte> small = raw | (upper & Vector256.Create((byte)0x20));
        small.StoreUnsafe(ref narrow);
        ref ushort target = ref Unsafe.As<char, ushort>(ref lower);
        Vector256.WidenLower(small).StoreUnsafe(ref target);
        Vector256.WidenUpper(small).StoreUnsafe(ref target, 16);
        Vector256<byte> letter = Vector256.LessThanOrEqual(
            small - Vector256.Create((byte)'a'),
            Vector256.Create((byte)25)
        );
        Vector256<byte> digit = Vector256.LessThanOrEqual(raw - Vector256.Create((byte)'0'), Vector256.Create((byte)9));
        return (letter | digit).ExtractMostSignificantBits();
    }

    private bool FindRepeats(int blocks)
    {
        ref byte first = ref MemoryMarshal.GetArrayDataReference(_bytes);
        ulong any = 0;
        for (int block = 0; block < blocks; block++)
        {
            nuint at = (nuint)(block * Block);
            ulong set = TripleAt(ref first, at) | ((ulong)TripleAt(ref first, at + 32) << 32);
            set &= _words[block];
            _repeats[block] = set;
            any |= set;
        }
        return any != 0;

        static uint TripleAt(ref byte first, nuint at)
        {
            Vector256<byte> here = Vector256.LoadUnsafe(ref first, at);
            return (
                Vector256.Equals(here, Vector256.LoadUnsafe(ref first, at + 1))
                & Vector256.Equals(here, Vector256.LoadUnsafe(ref first, at + 2))
            ).ExtractMostSignificantBits();
        }
    }
}
