namespace Firn.Text;

/// <summary>
/// The English stemmer of Snowball ("Porter2", M. F. Porter, snowballstem.org/algorithms/english) as it stood until
/// 2023; NLTK's <c>SnowballStemmer("english")</c> is the same one. Expects lower-case words.
/// </summary>
public static class SnowballEnglish
{
    // Suffix and replacement, the longest first where one ends with another.
    private static readonly (string Suffix, string Stem)[] Step2 =
    [
        ("ization", "ize"), ("ational", "ate"), ("fulness", "ful"), ("ousness", "ous"), ("iveness", "ive"),
        ("tional", "tion"), ("biliti", "ble"), ("lessli", "less"), ("entli", "ent"), ("ation", "ate"), ("alism", "al"),
        ("aliti", "al"), ("ousli", "ous"), ("iviti", "ive"), ("fulli", "ful"), ("enci", "ence"), ("anci", "ance"),
        ("abli", "able"), ("izer", "ize"), ("ator", "ate"), ("alli", "al"), ("bli", "ble"), ("ogi", "og"), ("li", ""),
    ];

    private static readonly (string Suffix, string Stem)[] Step3 =
    [
        ("ational", "ate"), ("tional", "tion"), ("alize", "al"), ("icate", "ic"), ("iciti", "ic"), ("ative", ""),
        ("ical", "ic"), ("ness", ""), ("ful", ""),
    ];

    private static readonly string[] Step4 =
    [
        "ement", "ance", "ence", "able", "ible", "ment", "ant", "ent", "ism", "ate", "iti", "ous", "ive", "ize", "ion",
        "al", "er", "ic",
    ];

    private static readonly string[] KeptAfterStep1a =
        ["inning", "outing", "canning", "herring", "earring", "proceed", "exceed", "succeed"];

    /// <summary>The stem of a lower-case word.</summary>
    public static string Stem(string word)
    {
        ArgumentNullException.ThrowIfNull(word);
        Span<char> stem = word.ToCharArray();
        return stem[..Stem(stem)].ToString();
    }

    /// <summary>Stems a lower-case word in place.</summary>
    /// <returns>The length of the stem, never more than the word's.</returns>
    public static int Stem(Span<char> word)
    {
        if (Exception(word) is { } exceptional)
        {
            exceptional.CopyTo(word);
            return exceptional.Length;
        }
        return word.Length < 3 ? word.Length : new Work(word).Run();
    }

    private static string? Exception(ReadOnlySpan<char> word) => word.Length > 6 ? null : word switch
    {
        "skis" => "ski",
        "skies" => "sky",
        "dying" => "die",
        "lying" => "lie",
        "tying" => "tie",
        "idly" => "idl",
        "gently" => "gentl",
        "ugly" => "ugli",
        "early" => "earli",
        "only" => "onli",
        "singly" => "singl",
        "sky" => "sky",
        "news" => "news",
        "howe" => "howe",
        "atlas" => "atlas",
        "cosmos" => "cosmos",
        "bias" => "bias",
        "andes" => "andes",
        _ => null,
    };

    /// <summary>One word on its way: the letters, how many remain, and where the regions R1 and R2 begin.</summary>
    private ref struct Work(Span<char> word)
    {
        private readonly Span<char> w = word;
        private int length = word.Length;
        private int r1;
        private int r2;

        public int Run()
        {
            ScanSteps.Add(length);
            MarkConsonantY();
            MarkRegions();
            RemoveApostrophes();
            RemovePlural();
            foreach (string kept in KeptAfterStep1a)
            {
                if (w[..length].SequenceEqual(kept))
                    return Finish();
            }
            RemovePastAndProgressive();
            ReplaceFinalY();
            ReplaceDerivational(Step2, ruleOfStep2: true);
            ReplaceDerivational(Step3, ruleOfStep2: false);
            RemoveResidual();
            RemoveFinalEAndL();
            return Finish();
        }

        private void MarkConsonantY()
        {
            if (w[0] == '\'')
            {
                w[1..length].CopyTo(w);
                length--;
            }
            if (w[0] == 'y')
                w[0] = 'Y';
            for (int i = 1; i < length; i++)
            {
                if (w[i] == 'y' && IsVowel(i - 1))
                    w[i] = 'Y';
            }
        }

        private void MarkRegions()
        {
            ReadOnlySpan<char> now = w[..length];
            r1 = now.StartsWith("gener") || now.StartsWith("arsen") ? 5
                : now.StartsWith("commun") ? 6
                : RegionAfter(0);
            r2 = RegionAfter(r1);
        }

        /// <summary>The place after the first non-vowel that follows a vowel, from <paramref name="from"/> on.</summary>
        private readonly int RegionAfter(int from)
        {
            int i = from;
            while (i < length && !IsVowel(i))
                i++;
            while (i < length && IsVowel(i))
                i++;
            ScanSteps.Add(i - from);
            return i < length ? i + 1 : length;
        }

        private void RemoveApostrophes()
        {
            if (EndsWith("'s'"))
                length -= 3;
            else if (EndsWith("'s"))
                length -= 2;
            else if (EndsWith("'"))
                length -= 1;
        }

        private void RemovePlural()
        {
            if (EndsWith("sses"))
                length -= 2;
            else if (EndsWith("ied") || EndsWith("ies"))
                length -= length > 4 ? 2 : 1;
            else if (EndsWith("s") && !EndsWith("us") && !EndsWith("ss") && HasVowelBefore(length - 2))
                length -= 1;
        }

        private void RemovePastAndProgressive()
        {
            if (EndsWith("eed") || EndsWith("eedly"))
            {
                int suffix = EndsWith("eed") ? 3 : 5;
                if (length - suffix >= r1)
                    length += 2 - suffix;
                return;
            }
            int removed = EndsWith("ed") ? 2 : EndsWith("edly") ? 4 : EndsWith("ing") ? 3 : EndsWith("ingly") ? 5 : 0;
            if (removed == 0 || !HasVowelBefore(length - removed))
                return;
            length -= removed;
            if (EndsWith("at") || EndsWith("bl") || EndsWith("iz"))
                w[length++] = 'e';
            else if (length >= 2 && w[length - 1] == w[length - 2] && "bdfgmnprt".Contains(w[length - 1]))
                length--;
            else if (length == r1 && EndsInShortSyllable(length))
                w[length++] = 'e';
        }

        private readonly void ReplaceFinalY()
        {
            if (length > 2 && w[length - 1] is 'y' or 'Y' && !IsVowel(length - 2))
                w[length - 1] = 'i';
        }

        private void ReplaceDerivational((string Suffix, string Stem)[] table, bool ruleOfStep2)
        {
            foreach ((string suffix, string stem) in table)
            {
                if (!EndsWith(suffix))
                    continue;
                int start = length - suffix.Length;
                bool applies = start >= r1 && suffix switch
                {
                    "ogi" => start > 0 && w[start - 1] == 'l',
                    "li" => start > 0 && "cdeghkmnrt".Contains(w[start - 1]),
                    "ative" when !ruleOfStep2 => start >= r2,
                    _ => true,
                };
                if (applies)
                {
                    stem.CopyTo(w[start..]);
                    length = start + stem.Length;
                }
                return;
            }
        }

        private void RemoveResidual()
        {
            foreach (string suffix in Step4)
            {
                if (!EndsWith(suffix))
                    continue;
                int start = length - suffix.Length;
                if (start >= r2 && (suffix != "ion" || start > 0 && w[start - 1] is 's' or 't'))
                    length = start;
                return;
            }
        }

        private void RemoveFinalEAndL()
        {
            int last = length - 1;
            if (EndsWith("e") && (last >= r2 || last >= r1 && !EndsInShortSyllable(last)))
                length = last;
            else if (EndsWith("ll") && last >= r2)
                length = last;
        }

        private readonly int Finish()
        {
            w[..length].Replace('Y', 'y');
            return length;
        }

        private readonly bool EndsWith(string suffix) => w[..length].EndsWith(suffix);

        private readonly bool IsVowel(int i) => w[i] is 'a' or 'e' or 'i' or 'o' or 'u' or 'y';

        private readonly bool HasVowelBefore(int end)
        {
            ScanSteps.Add(end);
            for (int i = 0; i < end; i++)
            {
                if (IsVowel(i))
                    return true;
            }
            return false;
        }

        /// <summary>
        /// A vowel between non-vowels of which the last is not w, x or Y; or, at the start of the word, a vowel and a
        /// non-vowel.
        /// </summary>
        private readonly bool EndsInShortSyllable(int end)
        {
            if (end < 2 || IsVowel(end - 1) || !IsVowel(end - 2))
                return false;
            return end == 2 || !IsVowel(end - 3) && w[end - 1] is not ('w' or 'x' or 'Y');
        }
    }
}
