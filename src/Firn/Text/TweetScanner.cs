using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Firn.Text;

/// <summary>
/// The tokens of <see cref="TweetReference"/>, fast: ASCII words are runs of set bits and stay where the lower-cased
/// text is; whatever is not simple (numbers, addresses, emoticons, other scripts) takes the reference's steps.
/// </summary>
internal ref struct TweetScanner
{
    private const string User = "<user>";
    private const int LongestListed = 10;

    private readonly ReadOnlySpan<char> _text;
    private readonly CleaningOptions _rules;
    private readonly TokenBuffer _destination;
    private readonly ref ulong _words;
    private readonly ref byte _bytes;
    private readonly bool _repeats;
    private TweetReference _steps;

    public TweetScanner(ReadOnlySpan<char> text, CleaningOptions rules, TokenBuffer destination)
    {
        _text = text;
        _rules = rules;
        _destination = destination;
        AsciiScan scan = destination.Scan;
        _repeats = scan.Run(text, destination.Chars, findRepeats: true);
        _words = ref MemoryMarshal.GetArrayDataReference(scan.Words);
        _bytes = ref MemoryMarshal.GetArrayDataReference(scan.Bytes);
        destination.Used = text.Length + 1; // the last word may grow by an apostrophe
        _steps = new TweetReference(text, rules, destination);
    }

    /// <summary>
    /// Whether the scanner knows these rules: the preset's, with stop words, entities and hash tags as you like.
    /// </summary>
    public static bool Knows(CleaningOptions rules) =>
        rules with
        {
            RemoveStopWords = false,
            UnescapeHtml = true,
            KeepPunctuation = false,
            SplitHashTags = true,
            KeepHashTags = false,
            DropHashTags = false,
            SplitUnspacedScripts = true,
        } == CleaningOptions.Tweets;

    /// <summary>Appends all tokens.</summary>
    public void Run()
    {
        int i = 0;
        while (i < _text.Length)
        {
            ScanSteps.Add(1);
            byte c = Unsafe.Add(ref _bytes, i);
            i = KindOf(c) switch
            {
                Kind.Letter => Word(i),
                Kind.Digit => _steps.Word(i),
                Kind.Dot when Unsafe.Add(ref _bytes, i + 1) is not ((byte)'.' or >= 0x80) => _steps.Punctuation(i),
                Kind.At => Mention(i),
                Kind.Nothing => c == ' ' ? i + 1 : _steps.Punctuation(i),
                Kind.Other when _steps.IsWord(i) => _steps.Word(i),
                _ => _steps.Symbol(i),
            };
        }
        _steps.Close();
    }

    private int Word(int start)
    {
        int end = AsciiScan.NextClear(ref _words, start);
        byte first = Unsafe.Add(ref _bytes, start),
            next = Unsafe.Add(ref _bytes, end);
        bool contraction = false;
        while (next == '\'' && IsLetter(Unsafe.Add(ref _bytes, end + 1)) && IsLetter(Unsafe.Add(ref _bytes, end - 1)))
        {
            end = AsciiScan.NextClear(ref _words, end + 1);
            next = Unsafe.Add(ref _bytes, end);
            contraction = true;
        }
        ScanSteps.Add(end - start);
        if (EndKindOf(next) != Kind.Nothing && IsNotSimple(first, next, end - start, Unsafe.Add(ref _bytes, end + 1)))
            return _steps.Word(start);

        int length = end - start;
        if (
            contraction
            && length > 2
            && Unsafe.Add(ref _bytes, end - 1) == 's'
            && Unsafe.Add(ref _bytes, end - 2) == '\''
        )
            length -= 2;
        bool squeeze =
            _repeats && AsciiScan.AnySet(ref MemoryMarshal.GetArrayDataReference(_destination.Scan.Repeats), start, end)
            || length >= 6
                && Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref _bytes, start))
                    == Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref _bytes, start + 2));
        int listed = length <= LongestListed ? WordLists.Find(ref Unsafe.Add(ref _bytes, start), length) : 0;
        if (squeeze || WordLists.WithApostrophe(listed) is not null)
            // may write over the one character after the word
            length = TweetWord.Finish(_destination.Chars.AsSpan(start), end - start, _rules);
        else if (_rules.RemoveStopWords && WordLists.IsStopWord(listed))
            return end;
        if (length > 0)
            _destination.Mark(start, start + length);
        return end;
    }

    /// <summary>
    /// Whether a word of letters and digits may be more than that, by its first letter and what follows it: an address
    /// (http:, www., a.b), an emoticon that begins with letters (D:, o_O), or letters beyond ASCII.
    /// </summary>
    private static bool IsNotSimple(byte first, byte next, int length, byte afterNext) =>
        next switch
        {
            >= 0x80 or (byte)'`' => true,
            (byte)'\'' => first == 'd' || afterNext >= 0x80,
            (byte)'.' => first == 'w'
                || afterNext >= 0x80
                || afterNext == '-'
                || IsLetter(afterNext)
                || afterNext is >= (byte)'0' and <= (byte)'9',
            (byte)':' => first is (byte)'h' or (byte)'d',
            (byte)'_' => length == 1,
            _ => first == 'd',
        };

    private int Mention(int i)
    {
        byte before = i > 0 ? Unsafe.Add(ref _bytes, i - 1) : (byte)' ',
            after = Unsafe.Add(ref _bytes, i + 1);
        if (
            before >= 0x80
            || KindOf(before) is Kind.Letter or Kind.Digit
            || !(after == '_' || KindOf(after) is Kind.Letter or Kind.Digit)
        )
            return _steps.Symbol(i);
        int end = AsciiScan.NextClear(ref _words, i + 1);
        while (Unsafe.Add(ref _bytes, end) == '_')
            end = AsciiScan.NextClear(ref _words, end + 1);
        ScanSteps.Add(end - i);
        return Unsafe.Add(ref _bytes, end) >= 0x80 ? _steps.Symbol(i) : _steps.Fixed(User, end);
    }

    private static bool IsLetter(byte c) => (uint)(c - 'a') <= 'z' - 'a';

    /// <summary>
    /// What a character, lower-cased, begins; and, for <see cref="EndKindOf"/>, whether it may concern the word before
    /// it.
    /// </summary>
    private enum Kind : byte
    {
        Nothing,
        Letter,
        Digit,
        Dot,
        At,
        Symbol,
        Other,
    }

    private static readonly Kind[] Kinds = Table(c =>
        c switch
        {
            >= 'a' and <= 'z' => Kind.Letter,
            >= '0' and <= '9' => Kind.Digit,
            '.' => Kind.Dot,
            '@' => Kind.At,
            '!'
            or '?'
            or '#'
            or ':'
            or ';'
            or '='
            or '<'
            or '>'
            or '('
            or ')'
            or '['
            or ']'
            or '^'
            or '-'
            or '\\'
            or '*' => Kind.Symbol,
            >= (char)0x80 => Kind.Other,
            _ => Kind.Nothing,
        }
    );

    private static readonly Kind[] EndKinds = Table(c =>
        c is '\'' or '`' or '.' or ':' or '_' or ';' or '=' or '-' or '^' or >= (char)0x80 ? Kind.Symbol : Kind.Nothing
    );

    private static Kind[] Table(Func<char, Kind> kind) => [.. Enumerable.Range(0, 256).Select(c => kind((char)c))];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Kind KindOf(byte c) => Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(Kinds), c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Kind EndKindOf(byte c) => Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(EndKinds), c);
}
