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
        ("ization", "ize"),
        ("ational", "ate"),
        ("fulness", "ful"),
        ("ousness", "ous"),
        ("iveness", "ive"),
        ("tional", "tion"),
        ("biliti", "ble"),
        ("lessli", "less"),
        ("entli", "ent"),
        ("ation", "ate"),
        ("alism", "al"),
        ("aliti", "al"),
        ("ousli", "ous"),
        ("iviti", "ive"),
        ("fulli", "ful"),
        ("enci", "ence"),
        ("anci", "ance"),
        ("abli", "able"),
        ("izer", "ize"),
        ("ator", "ate"),
        ("alli", "al"),
        ("bli", "ble"),
        ("ogi", "og"),
        ("li", ""),
    ];

    private static readonly (string Suffix, string Stem)[] Step3 =
    [
        ("ational", "ate"),
        ("tional", "tion"),
        ("alize", "al"),
        ("icate", "ic"),
        ("iciti", "ic"),
        ("ative", ""),
        ("ical", "ic"),
        ("ness", ""),
        ("ful", ""),
    ];

    private static readonly string[] Step4 =
    [
        "ement",
        "ance",
        "ence",
        "able",
        "ible",
        "ment",
        "ant",
        "ent",
        "ism",
        "ate",
        "iti",
        "ous",
        "ive",
        "ize",
        "ion",
        "al",
        "er",
        "ic",
    ];

    private static readonly string[] KeptAfterStep1a =
    [
        "inning",
        "outing",
        "canning",
        "herring",
        "earring",
        "proceed",
        "exceed",
        "succeed",
    ];

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

    private static string? Exception(ReadOnlySpan<char> word) =>
        word.Length > 6
            ? null
            : word switch
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
        private readonly Span<char> _w = word;
        private int _length = word.Length;
        private int _r1;
        private int _r2;

        public int Run()
        {
            ScanSteps.Add(_length);
            MarkConsonantY();
            MarkRegions();
            RemoveApostrophes();
            RemovePlural();
            foreach (string kept in KeptAfterStep1a)
            {
                if (_w[.._length].SequenceEqual(kept))
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
            if (_w[0] == '\'')
            {
                _w[1.._length].CopyTo(_w);
                _length--;
            }
            if (_w[0] == 'y')
                _w[0] = 'Y';
            for (int i = 1; i < _length; i++)
            {
                if (_w[i] == 'y' && IsVowel(i - 1))
                    _w[i] = 'Y';
            }
        }

        private void MarkRegions()
        {
            ReadOnlySpan<char> now = _w[.._length];
            _r1 =
                now.StartsWith("gener") || now.StartsWith("arsen") ? 5
                : now.StartsWith("commun") ? 6
                : RegionAfter(0);
            _r2 = RegionAfter(_r1);
        }

        /// <summary>
        /// The place after the first non-vowel that follows a vowel, from <paramref name="from"/> on.
        /// </summary>
        private readonly int RegionAfter(int from)
        {
            int i = from;
            while (i < _length && !IsVowel(i))
                i++;
            while (i < _length && IsVowel(i))
                i++;
            ScanSteps.Add(i - from);
            return i < _length ? i + 1 : _length;
        }

        private void RemoveApostrophes()
        {
            if (EndsWith("'s'"))
                _length -= 3;
            else if (EndsWith("'s"))
                _length -= 2;
            else if (EndsWith("'"))
                _length -= 1;
        }

        private void RemovePlural()
        {
            if (EndsWith("sses"))
                _length -= 2;
            else if (EndsWith("ied") || EndsWith("ies"))
                _length -= _length > 4 ? 2 : 1;
            else if (EndsWith("s") && !EndsWith("us") && !EndsWith("ss") && HasVowelBefore(_length - 2))
                _length -= 1;
        }

        private void RemovePastAndProgressive()
        {
            if (EndsWith("eed") || EndsWith("eedly"))
            {
                int suffix = EndsWith("eed") ? 3 : 5;
                if (_length - suffix >= _r1)
                    _length += 2 - suffix;
                return;
            }
            int removed =
                EndsWith("ed") ? 2
                : EndsWith("edly") ? 4
                : EndsWith("ing") ? 3
                : EndsWith("ingly") ? 5
                : 0;
            if (removed == 0 || !HasVowelBefore(_length - removed))
                return;
            _length -= removed;
            if (EndsWith("at") || EndsWith("bl") || EndsWith("iz"))
                _w[_length++] = 'e';
            else if (_length >= 2 && _w[_length - 1] == _w[_length - 2] && "bdfgmnprt".Contains(_w[_length - 1]))
                _length--;
            else if (_length == _r1 && EndsInShortSyllable(_length))
                _w[_length++] = 'e';
        }

        private readonly void ReplaceFinalY()
        {
            if (_length > 2 && _w[_length - 1] is 'y' or 'Y' && !IsVowel(_length - 2))
                _w[_length - 1] = 'i';
        }

        private void ReplaceDerivational((string Suffix, string Stem)[] table, bool ruleOfStep2)
        {
            foreach ((string suffix, string stem) in table)
            {
                if (!EndsWith(suffix))
                    continue;
                int start = _length - suffix.Length;
                bool applies =
                    start >= _r1
                    && suffix switch
                    {
                        "ogi" => start > 0 && _w[start - 1] == 'l',
                        "li" => start > 0 && "cdeghkmnrt".Contains(_w[start - 1]),
                        "ative" when !ruleOfStep2 => start >= _r2,
                        _ => true,
                    };
                if (applies)
                {
                    stem.CopyTo(_w[start..]);
                    _length = start + stem.Length;
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
                int start = _length - suffix.Length;
                if (start >= _r2 && (suffix != "ion" || start > 0 && _w[start - 1] is 's' or 't'))
                    _length = start;
                return;
            }
        }

        private void RemoveFinalEAndL()
        {
            int last = _length - 1;
            if (EndsWith("e") && (last >= _r2 || last >= _r1 && !EndsInShortSyllable(last)))
                _length = last;
            else if (EndsWith("ll") && last >= _r2)
                _length = last;
        }

        private readonly int Finish()
        {
            _w[.._length].Replace('Y', 'y');
            return _length;
        }

        private readonly bool EndsWith(string suffix) => _w[.._length].EndsWith(suffix);

        private readonly bool IsVowel(int i) => _w[i] is 'a' or 'e' or 'i' or 'o' or 'u' or 'y';

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
            return end == 2 || !IsVowel(end - 3) && _w[end - 1] is not ('w' or 'x' or 'Y');
        }
    }
}
