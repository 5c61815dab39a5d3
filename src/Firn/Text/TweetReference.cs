using System.Text;

namespace Firn.Text;

/// <summary>
/// The grammar <c>tweets</c> step by step: the plain truth for any rules, and the steps that <see cref="TweetScanner"/>
/// takes where a text is not simple.
/// </summary>
internal ref struct TweetReference(ReadOnlySpan<char> text, CleaningOptions rules, TokenBuffer destination)
{
    private const string Url = "<url>";
    private const string User = "<user>";
    private const string Number = "<number>";

    private readonly ReadOnlySpan<char> _text = text;
    private readonly Span<char> _output = destination.Chars;
    private readonly bool _unspaced = rules.SplitUnspacedScripts;
    private int _used = destination.Used;
    private int _noNumberBefore; // digits before this place belong to a number that a letter follows, which is none
    private int _noHostBefore; // dots before this place belong to host names that are no address

    /// <summary>Appends all tokens.</summary>
    public void Run()
    {
        int i = 0;
        while (i < _text.Length)
        {
            ScanSteps.Add(1);
            char c = _text[i];
            if (c == ' ')
                i++;
            else if (IsWord(i))
                i = Word(i);
            else
                i = Symbol(i);
        }
        Close();
    }

    /// <summary>Tells the buffer how many characters are in use.</summary>
    public readonly void Close() => destination.Used = _used;

    /// <summary>Whether a word begins or goes on here.</summary>
    public readonly bool IsWord(int i) =>
        WordCharacters.Is(_text[i]) || _unspaced && _text[i] >= UnspacedScripts.First && LengthOfRare(i) > 0;

    /// <summary>
    /// Units of a word character that <see cref="WordCharacters"/> lacks: one beyond the basic plane, or a numeral of
    /// Han; else 0.
    /// </summary>
    private readonly int LengthOfRare(int i) =>
        _unspaced ? Math.Max(UnspacedScripts.LengthAt(_text, i), WordCharacters.LengthBeyondBasic(_text[i..])) : 0;

    /// <summary>
    /// Whether the character here belongs to a script without spaces, and the rules tell those apart.
    /// </summary>
    private readonly bool IsUnspaced(int i) =>
        _unspaced && _text[i] >= UnspacedScripts.First && UnspacedScripts.LengthAt(_text, i) > 0;

    /// <summary>Whether the character before this place may be of the same word.</summary>
    private readonly bool IsAfterWord(int i) => i > 0 && WordCharacters.Is(_text[i - 1]) && !IsUnspaced(i - 1);

    /// <summary>Appends the tokens that begin with a word character; returns where to go on.</summary>
    public int Word(int start)
    {
        int i = start;
        if (IsUnspaced(i))
            return UnspacedRun(i, _text.Length);
        if (_unspaced && EmojiSequence.LengthOfKeycap(_text, i) is > 0 and int keycap)
            return Keycap(i, keycap);
        if (rules.ReplaceUrls && WebAddress.Match(_text[i..], _unspaced) is > 0 and int url)
            return Fixed(Url, i + url);
        if (
            rules.KeepEmoticons
            && Emoticons.MayBegin(_text[i])
            && Emoticons.Match(_text, i, _unspaced, out int face) is { } spelling
        )
            return Fixed(spelling, i + face);
        if (char.IsAsciiDigit(_text[i]))
        {
            int end = i < _noNumberBefore ? _noNumberBefore : EndOfNumber(i);
            if (end == _text.Length || !IsWord(end) || IsUnspaced(end))
            {
                if (rules.ReplaceNumbers)
                    return Fixed(Number, end);
                Copy(i, end);
                return end;
            }
            _noNumberBefore = end;
        }
        int from = _used;
        while (i < _text.Length)
        {
            char c = _text[i];
            if (WordCharacters.Is(c) && !IsUnspaced(i))
            {
                _output[_used++] = rules.LowerCase ? char.ToLowerInvariant(c) : c;
                i++;
            }
            else if (
                rules.KeepContractions
                && WordCharacters.IsApostrophe(c)
                && i + 1 < _text.Length
                && char.IsLetter(_text[i + 1])
                && char.IsLetter(_text[i - 1])
                && !IsUnspaced(i + 1)
            )
            {
                _output[_used++] = '\'';
                i++;
            }
            else if (_unspaced && PassRare(i) is > 0 and int passed)
            {
                i += passed;
            }
            else
            {
                break;
            }
        }
        ScanSteps.Add(i - start);
        if (rules.ReplaceUrls && i < _text.Length && _text[i] == '.' && i >= _noHostBefore)
        {
            int bare = WebAddress.MatchBare(_text[start..], i - start, _unspaced, out int end);
            if (bare > 0)
            {
                _used = from;
                return Fixed(Url, start + bare);
            }
            _noHostBefore = start + end;
        }
        FinishWord(from);
        return i;
    }

    /// <summary>
    /// Appends a letter beyond the basic plane, or passes over a joiner inside a word, which says how letters are
    /// drawn; returns the units passed, 0 where there is neither.
    /// </summary>
    private int PassRare(int i)
    {
        if (_text[i] is '\u200C' or '\u200D')
            return i + 1 < _text.Length && IsWord(i + 1) && !IsUnspaced(i + 1) ? 1 : 0;
        if (IsUnspaced(i) || WordCharacters.LengthBeyondBasic(_text[i..]) == 0)
            return 0;
        Rune.DecodeFromUtf16(_text[i..], out Rune letter, out int length);
        _used += (rules.LowerCase ? Rune.ToLowerInvariant(letter) : letter).EncodeToUtf16(_output[_used..]);
        return length;
    }

    /// <summary>
    /// Appends the pairs of neighbors of a run of characters of scripts without spaces, each overlapping the next by a
    /// character; one alone is a token. Returns where the run ends.
    /// </summary>
    private int UnspacedRun(int start, int limit)
    {
        ReadOnlySpan<char> run = _text[..limit];
        int i = start,
            first = -1,
            second = -1; // where the last two characters begin in the output
        while (i < limit && UnspacedScripts.LengthAt(run, i) > 0)
        {
            i = UnspacedScripts.Read(run, i, _output[_used..], out int written);
            if (rules.SqueezeRepeats && first >= 0 && IsRepeated(first, second, written))
                continue;
            if (second >= 0)
                destination.Mark(second, _used + written);
            (first, second) = (second, _used);
            _used += written;
        }
        if (first < 0)
            destination.Mark(second, _used);
        return i;
    }

    /// <summary>Whether the last two characters and the one of this length behind them are the same.</summary>
    private readonly bool IsRepeated(int first, int second, int length) =>
        second - first == length
        && _used - second == length
        && _output.Slice(first, length).SequenceEqual(_output.Slice(second, length))
        && _output.Slice(second, length).SequenceEqual(_output.Slice(_used, length));

    /// <summary>The end of a number: digits, and single marks between digits (7:30, 1,000, 9/10, 4.5).</summary>
    private readonly int EndOfNumber(int i)
    {
        int from = i;
        while (
            i < _text.Length
            && (
                char.IsAsciiDigit(_text[i])
                || _text[i] is '.' or ',' or ':' or '/' && i + 1 < _text.Length && char.IsAsciiDigit(_text[i + 1])
            )
        )
        {
            i++;
        }
        ScanSteps.Add(i - from + 1);
        return i;
    }

    /// <summary>
    /// Passes over a character that is no word character, with the token that it may begin; returns where to go on.
    /// </summary>
    public int Symbol(int i)
    {
        char c = _text[i];
        if (UnicodeSpace.Is(c))
            return i + 1;
        if (_unspaced && c is '#' or '*' && EmojiSequence.LengthOfKeycap(_text, i) is > 0 and int keycap)
            return Keycap(i, keycap);
        if (c == '@' && IsNameAt(i))
            return Mention(i);
        if (c == '#' && IsNameAt(i))
            return HashTag(i);
        if (c == '<' && rules.RemoveMarkup && Markup.Match(_text[i..]) is > 0 and int tag)
            return i + tag;
        if (
            rules.KeepEmoticons
            && Emoticons.MayBegin(c)
            && Emoticons.Match(_text, i, _unspaced, out int length) is { } spelling
        )
            return Fixed(spelling, i + length);
        if (c is '.' or '\u2026' || IsExclamation(c) || IsQuestion(c))
            return Tone(i);
        return c < 0x80 ? Punctuation(i) : Emoji(i);
    }

    /// <summary>Passes over an ASCII character that nothing else claims; returns where to go on.</summary>
    public int Punctuation(int i)
    {
        if (rules.KeepPunctuation && _text[i] is > ' ' and < '\x7F')
            Copy(i, i + 1);
        return i + 1;
    }

    private readonly bool IsExclamation(char c) => c == '!' || _unspaced && c == '\uFF01';

    private readonly bool IsQuestion(char c) => c == '?' || _unspaced && c == '\uFF1F';

    private readonly bool IsNameAt(int i) =>
        i + 1 < _text.Length && (IsWord(i + 1) || _text[i + 1] == '_') && !IsAfterWord(i);

    /// <summary>
    /// The end of a name; one of a user that does not begin in a script without spaces ends where one begins: no space
    /// parts them.
    /// </summary>
    private readonly int EndOfName(int i, bool ofUser)
    {
        int from = i;
        ofUser &= !IsUnspaced(i);
        while (i < _text.Length && (IsWord(i) || _text[i] == '_') && !(ofUser && IsUnspaced(i)))
            i += Math.Max(1, LengthOfRare(i));
        ScanSteps.Add(i - from + 1);
        return i;
    }

    private int Mention(int i)
    {
        int end = EndOfName(i + 1, ofUser: true);
        if (rules.ReplaceUsers)
            return Fixed(User, end);
        Copy(i, end);
        return end;
    }

    /// <summary>
    /// The words of a hash tag: parts between underscores, cut where a capital begins a word (ILoveIt, NBAFinals).
    /// </summary>
    private int HashTag(int i)
    {
        int end = EndOfName(i + 1, ofUser: false);
        if (rules.DropHashTags)
            return end;
        if (!rules.SplitHashTags)
        {
            Copy(i, end);
            return end;
        }
        int start = i,
            from = _used;
        ScanSteps.Add(end - i);
        for (i++; i < end; i++)
        {
            char c = _text[i];
            if (IsUnspaced(i))
            {
                if (_used > from)
                    FinishWord(from);
                i = UnspacedRun(i, end) - 1;
                from = _used;
                continue;
            }
            bool cut =
                c == '_'
                || char.IsUpper(c)
                    && (
                        char.IsLower(_text[i - 1])
                        || char.IsUpper(_text[i - 1]) && i + 1 < end && char.IsLower(_text[i + 1])
                    )
                || char.IsAsciiDigit(c) != char.IsAsciiDigit(_text[i - 1]);
            if (cut && _used > from)
            {
                FinishWord(from);
                from = _used;
            }
            if (c != '_')
                _output[_used++] = rules.LowerCase ? char.ToLowerInvariant(c) : c;
        }
        if (_used > from)
            FinishWord(from);
        if (rules.KeepHashTags)
            Copy(start, end);
        return end;
    }

    /// <summary>A run of dots, or a run of exclamation and question marks.</summary>
    private int Tone(int i)
    {
        int start = i,
            exclamations = 0,
            questions = 0;
        if (_text[i] is '.' or '\u2026')
        {
            while (i < _text.Length && _text[i] is '.' or '\u2026')
                i++;
            ScanSteps.Add(i - start);
            bool ellipsis = i - start > 1 || _text[start] == '\u2026';
            if (!ellipsis)
                return Punctuation(start);
            return rules.KeepTone ? Fixed("...", i) : i;
        }
        for (; i < _text.Length && (IsExclamation(_text[i]) || IsQuestion(_text[i])); i++)
        {
            if (IsExclamation(_text[i]))
                exclamations++;
            else
                questions++;
        }
        ScanSteps.Add(i - start);
        if (!rules.KeepTone)
            return i;
        string token =
            exclamations > 0 && questions > 0 ? "?!"
            : exclamations > 1 ? "!!"
            : exclamations == 1 ? "!"
            : questions > 1 ? "??"
            : "?";
        return Fixed(token, i);
    }

    private int Emoji(int i)
    {
        int end = EmojiSequence.Read(_text, i, _output[_used..], _unspaced, out int written);
        if (written == 0 || !rules.KeepEmoji)
            return end;
        int count = destination.Count;
        ReadOnlySpan<char> token = _output.Slice(_used, written);
        ScanSteps.Add(written);
        bool third =
            rules.SqueezeRepeats
            && count > 1
            && destination[count - 1].SequenceEqual(token)
            && destination[count - 2].SequenceEqual(token);
        if (!third)
        {
            destination.Mark(_used, _used + written);
            _used += written;
        }
        return end;
    }

    private int Keycap(int i, int length)
    {
        if (rules.KeepEmoji)
        {
            _output[_used] = _text[i];
            _output[_used + 1] = EmojiSequence.Box;
            destination.Mark(_used, _used + 2);
            _used += 2;
        }
        return i + length;
    }

    /// <summary>Appends a token that is not in the text; returns <paramref name="end"/>.</summary>
    public int Fixed(string token, int end)
    {
        token.CopyTo(_output[_used..]);
        destination.Mark(_used, _used + token.Length);
        _used += token.Length;
        return end;
    }

    private void Copy(int start, int end)
    {
        ReadOnlySpan<char> token = _text[start..end];
        ScanSteps.Add(token.Length);
        if (rules.LowerCase)
            token.ToLowerInvariant(_output[_used..]);
        else
            token.CopyTo(_output[_used..]);
        destination.Mark(_used, _used + token.Length);
        _used += token.Length;
    }

    private void FinishWord(int from)
    {
        int length = TweetWord.Finish(_output[from..], _used - from, rules);
        _used = from + length;
        if (length > 0)
            destination.Mark(from, _used);
    }
}
