using System.Globalization;
using System.Text.RegularExpressions;
using Firn.Data;
using Firn.Kernels;
using Firn.Text;

namespace Firn.Benchmarks;

/// <summary>
/// A corpus of the size of the notebook's 1.6 million tweets, drawn from fewer. Tweets are drawn with replacement, half
/// of them negative, a tweet of n words with a chance proportional to exp(tilt * n), so that texts are as long as the
/// notebook's. Copies alone would have too few distinct words, so an occurrence of a word that the source has once
/// keeps its spelling with the chance <c>once</c>, of one that it has two or three times with the chance <c>few</c>;
/// else it becomes a word of its own, the old one with a number behind it. The three figures follow from the
/// notebook's.
/// </summary>
internal sealed partial class NotebookCorpus
{
    public const int Texts = 1_600_000,
        TrainTexts = 1_280_000,
        Vocabulary = 290_418,
        VocabularyOfTen = 30_369;
    public const double WordsPerText = 295_270_528 / 32.0 / TrainTexts;
    private const int Few = 3;

    private readonly List<(string Text, Range[] Words)>[] _source =
    [
        [],
        [],
    ]; // negative, positive
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly double _tilt,
        _once,
        _few;
    private long _renamed;

    public NotebookCorpus(string path)
    {
        foreach (LabeledText row in CorpusReader.Open(path))
        {
            Range[] words = WordsOf(row.Text);
            _source[row.Label == "4" ? 1 : 0].Add((row.Text, words));
            foreach (Range word in words)
            {
                string key = row.Text[word].ToLowerInvariant();
                _counts[key] = _counts.GetValueOrDefault(key) + 1;
            }
        }
        _tilt = Solve(
            -0.2,
            0.2,
            WordsPerText,
            t => _source.Average(texts => texts.Sum(x => x.Words.Length * Weight(x, t)) / texts.Sum(x => Weight(x, t)))
        );
        double copies = WordsPerText * TrainTexts / _counts.Values.Sum(c => (long)c);
        int[] words1 = [.. Enumerable.Range(0, Few + 1).Select(c => _counts.Values.Count(v => v == c))];
        _few = Solve(
            0,
            1,
            VocabularyOfTen,
            keep => _counts.Values.Where(c => c > 1).Sum(c => AtLeast(10, copies * c * (c > Few ? 1 : keep)))
        );
        double frequent =
            _counts.Values.Count(c => c > Few)
            + Enumerable.Range(2, Few - 1).Sum(c => words1[c] * Distinct(copies * c, _few));
        _once = Solve(1, 0, Vocabulary - frequent, keep => words1[1] * Distinct(copies, keep));
    }

    public string Figures =>
        string.Create(CultureInfo.InvariantCulture, $"tilt {_tilt:F4}, once {_once:F3}, few {_few:F3}");

    /// <summary>Words written, by the notebook's cleaning.</summary>
    public long Words { get; private set; }

    /// <summary>Writes the six columns of the original, negative tweets first as there.</summary>
    public void Write(string path, ulong seed)
    {
        using var writer = new StreamWriter(path);
        var random = new CounterRandom(seed);
        ulong draw = 0;
        for (int label = 0; label < 2; label++)
        {
            List<(string Text, Range[] Words)> texts = _source[label];
            double[] sums = new double[texts.Count];
            double sum = 0;
            for (int i = 0; i < sums.Length; i++)
                sums[i] = sum += Weight(texts[i], _tilt);
            for (int i = 0; i < Texts / 2; i++)
            {
                int chosen = Array.BinarySearch(sums, random.UniformDouble(draw++) * sum);
                (string text, Range[] words) = texts[Math.Min(chosen < 0 ? ~chosen : chosen, texts.Count - 1)];
                Words += words.Length;
                writer.Write(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"\"{4 * label}\",\"{1467810369L + label * Texts + i}\",\"Mon Apr 06 22:19:45 PDT "
                            + $"2009\",\"NO_QUERY\",\"user{i}\",\""
                    )
                );
                int from = 0;
                foreach (Range word in words)
                {
                    int count = _counts[text[word].ToLowerInvariant()];
                    if (count > Few || random.UniformDouble(draw++) < (count == 1 ? _once : _few))
                        continue;
                    writer.Write(text[from..word.End].Replace("\"", "\"\"", StringComparison.Ordinal));
                    writer.Write(string.Create(CultureInfo.InvariantCulture, $"{_renamed++:x}"));
                    from = word.End.Value;
                }
                writer.Write(text[from..].Replace("\"", "\"\"", StringComparison.Ordinal));
                writer.Write("\"\n");
            }
        }
    }

    /// <summary>Where the notebook's words stand in a text: what its expression leaves, without stop words.</summary>
    private static Range[] WordsOf(string text)
    {
        string lower = text.ToLowerInvariant();
        var words = new List<Range>();
        int from = 0;
        foreach (ValueMatch match in Dropped().EnumerateMatches(lower))
        {
            Add(from, match.Index);
            from = match.Index + match.Length;
        }
        Add(from, lower.Length);
        return [.. words];

        void Add(int start, int end)
        {
            if (end > start && !EnglishStopWords.Contains(lower.AsSpan(start, end - start)))
                words.Add(start..end);
        }
    }

    private static double Weight((string Text, Range[] Words) text, double tilt) => Math.Exp(tilt * text.Words.Length);

    /// <summary>Distinct spellings, in the mean, of a word that occurs about <paramref name="mean"/> times.</summary>
    private static double Distinct(double mean, double keep) => mean * (1 - keep) + 1 - Math.Exp(-mean * keep);

    /// <summary>The chance that a Poisson number reaches <paramref name="least"/>.</summary>
    private static double AtLeast(int least, double mean)
    {
        double term = Math.Exp(-mean),
            below = 0;
        for (int k = 0; k < least; k++, term *= mean / k)
            below += term;
        return 1 - below;
    }

    /// <summary>
    /// Where a function that rises from <paramref name="low"/> to <paramref name="high"/> reaches the target.
    /// </summary>
    private static double Solve(double low, double high, double target, Func<double, double> value)
    {
        for (int i = 0; i < 50; i++)
        {
            double middle = (low + high) / 2;
            (low, high) = value(middle) < target ? (middle, high) : (low, middle);
        }
        return low;
    }

    [GeneratedRegex(@"@\S+|https?:\S+|http?:\S|[^A-Za-z0-9]+")]
    private static partial Regex Dropped();
}
