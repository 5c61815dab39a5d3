using System.Globalization;
using System.Text;
using Firn.Text;

namespace Firn.Linear;

/// <summary>
/// The n-grams of a text as 64-bit keys, a hash of their characters: two of four million n-grams share a key with a
/// probability of 4e-7. Owns scratch memory, so each thread has one.
/// </summary>
internal sealed class NgramKeys(NgramOptions options)
{
    private const ulong Prime = 0x9E3779B97F4A7C15;

    private readonly Tokenizer? _tokenizer = options.Cleaning is null ? null : new Tokenizer(options.Cleaning);
    private readonly TokenBuffer _tokens = new();
    private readonly List<ulong> _words = [];
    private char[] _text = [];

    /// <summary>Appends a key for each occurrence of an n-gram.</summary>
    public void Extract(ReadOnlySpan<char> text, List<ulong> keys)
    {
        _words.Clear();
        if (_tokenizer is null)
            PatternWords(Lower(text));
        else
            CleanWords(text);
        for (int start = 0; start < _words.Count; start++)
        {
            ulong key = 0;
            int end = Math.Min(_words.Count, start + options.Longest);
            for (int i = start; i < end; i++)
            {
                key = Mix(key + _words[i]);
                if (i - start + 1 >= options.Shortest)
                    keys.Add(key);
            }
        }
    }

    /// <summary>Appends a key for each occurrence of an n-gram of token ids.</summary>
    public static void Extract(ReadOnlySpan<int> ids, NgramOptions options, List<ulong> keys)
    {
        for (int start = 0; start < ids.Length; start++)
        {
            ulong key = 0;
            int end = Math.Min(ids.Length, start + options.Longest);
            for (int i = start; i < end; i++)
            {
                key = Mix(key + (ulong)(uint)ids[i]);
                if (i - start + 1 >= options.Shortest)
                    keys.Add(key);
            }
        }
    }

    private void CleanWords(ReadOnlySpan<char> text)
    {
        _tokenizer!.Tokenize(text, _tokens);
        for (int i = 0; i < _tokens.Count; i++)
            _words.Add(HashOf(_tokens[i]));
    }

    /// <summary>
    /// Runs of at least two word characters as Python's <c>\w</c> has them: letters, numbers, underscore.
    /// </summary>
    private void PatternWords(ReadOnlySpan<char> text)
    {
        int start = 0,
            length = 0;
        for (int i = 0; i < text.Length; )
        {
            bool word;
            int step = 1;
            if (text[i] < 0x80)
                word = char.IsAsciiLetterOrDigit(text[i]) || text[i] == '_';
            else
                word = IsWord(text[i..], out step);
            if (word)
            {
                start = length == 0 ? i : start;
                length++;
            }
            if (!word || i + step >= text.Length)
            {
                if (length > 1)
                    _words.Add(HashOf(text[start..(word ? i + step : i)]));
                length = 0;
            }
            ScanSteps.Add(step);
            i += step;
        }
    }

    private static bool IsWord(ReadOnlySpan<char> text, out int length)
    {
        if (Rune.DecodeFromUtf16(text, out Rune rune, out length) != System.Buffers.OperationStatus.Done)
            return false;
        return Rune.GetUnicodeCategory(rune)
            is <= UnicodeCategory.OtherLetter
                or UnicodeCategory.DecimalDigitNumber
                or UnicodeCategory.LetterNumber
                or UnicodeCategory.OtherNumber;
    }

    private ReadOnlySpan<char> Lower(ReadOnlySpan<char> text)
    {
        if (_text.Length < text.Length)
            _text = new char[Math.Max(text.Length, 2 * _text.Length)];
        text.ToLowerInvariant(_text);
        return _text.AsSpan(0, text.Length);
    }

    private static ulong HashOf(ReadOnlySpan<char> word)
    {
        ulong hash = (ulong)word.Length * Prime;
        foreach (char c in word)
        {
            hash = (hash ^ c) * Prime;
            hash ^= hash >> 29;
        }
        return Mix(hash);
    }

    /// <summary>The finalizer of SplitMix64; never 0, which marks a free place in a <see cref="KeyTable"/>.</summary>
    internal static ulong Mix(ulong z)
    {
        z += Prime;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        z ^= z >> 31;
        return z == 0 ? 1 : z;
    }
}
