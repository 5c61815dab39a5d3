namespace Firn.Text;

/// <summary>
/// Finds emoticons and gives each kind one spelling. Western ones are eyes, perhaps a tear and a nose, and a mouth that
/// may be repeated, or the mirror image; then hearts and upright faces (<c>^_^</c>, <c>-_-</c>, <c>T_T</c>,
/// <c>o_O</c>).
/// </summary>
internal static class Emoticons
{
    /// <summary>Whether an emoticon can begin with this character.</summary>
    public static bool MayBegin(char c) =>
        c
            is ':'
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
                or '*'
                or 'D'
                or 'T'
                or 't'
                or 'o'
                or 'O'
                or '0'
                or 'u'
                or 'U'
                or 'x'
                or 'X';

    /// <summary>The emoticon that begins at <paramref name="i"/>: its spelling and its length, or null.</summary>
    /// <param name="text">The text.</param>
    /// <param name="i">Where to look.</param>
    /// <param name="unspaced">
    /// Whether letters of scripts without spaces are no part of a word that stands beside them.
    /// </param>
    /// <param name="length">How many characters the emoticon takes.</param>
    public static string? Match(ReadOnlySpan<char> text, int i, bool unspaced, out int length)
    {
        bool afterWord = i > 0 && IsWord(text, i - 1, unspaced);
        ReadOnlySpan<char> rest = text[i..];
        string? found = rest[0] switch
        {
            ':' or ';' or '=' => Western(rest, 0, (afterWord, unspaced), out length)
                ?? Upright(rest, unspaced, out length),
            '>' when rest.Length > 2 && rest[1] is ':' or ';' or '=' => Western(
                rest,
                1,
                (afterWord, unspaced),
                out length
            ),
            '<' => Heart(rest, out length) ?? Upright(rest, unspaced, out length),
            '(' or '[' when i > 0 && text[i - 1] == rest[0] => None(out length), // the first of a run decides for all
            '(' or ')' or '[' or ']' => Mirrored(rest, afterWord || i > 0 && text[i - 1] != ' ', unspaced, out length),
            'D' => Mirrored(rest, afterWord, unspaced, out length),
            '\\' => Arms(rest, out length),
            _ when !afterWord => Upright(rest, unspaced, out length),
            _ => None(out length),
        };
        return found;
    }

    private static bool IsWord(ReadOnlySpan<char> s, int i, bool unspaced) =>
        WordCharacters.Is(s[i]) && !(unspaced && UnspacedScripts.LengthAt(s, i) > 0);

    private static string? None(out int length)
    {
        length = 0;
        return null;
    }

    private static string? Western(
        ReadOnlySpan<char> s,
        int eyes,
        (bool AfterWord, bool Unspaced) place,
        out int length
    )
    {
        bool afterWord = place.AfterWord;
        length = 0;
        if (afterWord && s[eyes] == '=')
            return null;
        int i = eyes + 1;
        bool tear = i + 1 < s.Length && s[i] is '\'' or ',';
        if (tear)
            i++;
        if (i + 1 < s.Length && s[i] is '-' or '^' or 'o' or '~' or '*' && MouthOf(s[i + 1]) != Mouth.None)
            i++;
        if (i >= s.Length)
            return null;
        char drawn = s[i];
        Mouth mouth = MouthOf(drawn);
        if (mouth == Mouth.None || tear && mouth is not (Mouth.Happy or Mouth.Sad))
            return null;
        if (drawn is '<' or '>' && s[eyes] == '=' || drawn == '/' && afterWord)
            return null;
        while (i < s.Length && s[i] == drawn)
            i++;
        ScanSteps.Add(i);
        if (drawn == '/' && i - eyes > 2 && s[eyes + 1] == '/')
            return null;
        bool lettered = char.IsAsciiLetterOrDigit(drawn) || drawn is '@' or '#' or '$';
        if (lettered && (afterWord || i < s.Length && IsWord(s, i, place.Unspaced)))
            return null;
        length = i;
        return tear ? (mouth == Mouth.Sad ? ":'(" : ":')")
            : s[eyes] == ';' && mouth == Mouth.Happy ? ";)"
            : Spelling(mouth);
    }

    private static string? Mirrored(ReadOnlySpan<char> s, bool attached, bool unspaced, out int length)
    {
        length = 0;
        bool happy = s[0] is '(' or '[';
        if (attached && !happy)
            return null;
        int i = 1;
        while (i < s.Length && s[i] == s[0])
            i++;
        ScanSteps.Add(i);
        if (i + 1 < s.Length && s[i] is '-' or '^' or '\'' && s[i + 1] is ':' or ';' or '=')
            i++;
        if (i >= s.Length || s[i] is not (':' or ';' or '='))
            return null;
        bool equals = s[i] == '=',
            wink = s[i] == ';';
        i++;
        if (
            i < s.Length
            && (
                MouthOf(s[i]) is Mouth.Happy or Mouth.Sad
                || IsWord(s, i, unspaced) && (equals || s[0] == 'D')
                || s[i] == '/'
            )
        )
            return null;
        length = i;
        return !happy ? ":("
            : wink ? ";)"
            : ":)";
    }

    private static string? Heart(ReadOnlySpan<char> s, out int length)
    {
        length = 0;
        int i = s.Length > 2 && s[1] is '/' or '\\' ? 2 : 1;
        bool broken = i == 2;
        int first = i;
        while (i < s.Length && s[i] == '3')
            i++;
        ScanSteps.Add(i);
        if (i == first || i < s.Length && char.IsAsciiDigit(s[i]))
            return null;
        length = i;
        return broken ? "</3" : "<3";
    }

    private static string? Arms(ReadOnlySpan<char> s, out int length)
    {
        bool raised = s.Length > 2 && s[1] is 'o' or 'O' or 'm' && s[2] == '/';
        length = raised ? 3 : 0;
        return raised ? "\\o/" : null;
    }

    /// <summary>Eye, a mouth of underscores, dots or dashes, eye.</summary>
    private static string? Upright(ReadOnlySpan<char> s, bool unspaced, out int length)
    {
        length = 0;
        char left = s[0];
        int i = 1;
        while (i < s.Length && s[i] is '_' or '.' && s[i] == s[1])
            i++;
        ScanSteps.Add(i);
        int mouth = i - 1;
        if (i >= s.Length || mouth == 0 && left != '^' || mouth > 5 || s[1] == '.' && mouth > 1)
            return null;
        char right = s[i];
        string? face = (char.ToLowerInvariant(left), char.ToLowerInvariant(right)) switch
        {
            ('^', '^') => "^_^",
            ('-', '-') or ('=', '=') => "-_-",
            ('>', '<') => ">_<",
            ('>', '>') or ('<', '<') => ">_>",
            ('t', 't') or (';', ';') => "t_t",
            ('o', 'o') or ('0', '0') or ('o', '0') or ('0', 'o') => "o_o",
            ('u', 'u') when s[1] == '_' => "u_u",
            ('x', 'x') when s[1] == '_' => "x_x",
            ('*', '*') => "*_*",
            _ => null,
        };
        i++;
        if (face is null || char.IsAsciiLetterOrDigit(right) && i < s.Length && IsWord(s, i, unspaced))
            return null;
        length = i;
        return face;
    }

    private enum Mouth
    {
        None,
        Happy,
        Sad,
        Laugh,
        Tongue,
        Surprise,
        Doubt,
        Flat,
        Kiss,
        Uneasy,
        Sealed,
        Cat,
        Angry,
        Blush,
    }

    private static Mouth MouthOf(char c) =>
        c switch
        {
            ')' or ']' or '}' or '>' => Mouth.Happy,
            '(' or '[' or '{' or '<' or 'c' or 'C' => Mouth.Sad,
            'D' or 'd' => Mouth.Laugh,
            'P' or 'p' or 'b' => Mouth.Tongue,
            'O' or 'o' or '0' => Mouth.Surprise,
            '/' or '\\' => Mouth.Doubt,
            '|' => Mouth.Flat,
            '*' => Mouth.Kiss,
            'S' or 's' => Mouth.Uneasy,
            'X' or 'x' or '#' => Mouth.Sealed,
            '3' => Mouth.Cat,
            '@' => Mouth.Angry,
            '$' => Mouth.Blush,
            _ => Mouth.None,
        };

    private static string Spelling(Mouth mouth) =>
        mouth switch
        {
            Mouth.Happy => ":)",
            Mouth.Sad => ":(",
            Mouth.Laugh => ":d",
            Mouth.Tongue => ":p",
            Mouth.Surprise => ":o",
            Mouth.Doubt => ":/",
            Mouth.Flat => ":|",
            Mouth.Kiss => ":*",
            Mouth.Uneasy => ":s",
            Mouth.Sealed => ":x",
            Mouth.Cat => ":3",
            Mouth.Angry => ":@",
            _ => ":$",
        };
}
