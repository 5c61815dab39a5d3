using System.Globalization;
using Firn.Vectors.Search;

namespace Firn.Vectors.Evaluation;

/// <summary>Word similarity: gensim's evaluate_word_pairs.</summary>
internal static class PairTest
{
    public static SimilarityScore Run(Similarity vectors, string path, EvaluationOptions options)
    {
        var words = new EvaluationWords(vectors.Vectors, options);
        List<double> gold = [],
            model = [];
        int unknown = 0,
            invalid = 0,
            firstInvalid = 0,
            number = 0;
        foreach (string line in TestLines.Of(path))
        {
            number++;
            if (line.Length == 0 || line[0] == '#')
                continue;
            if (!TryParse(line, out string[] fields, out double score))
            {
                invalid++;
                firstInvalid = firstInvalid == 0 ? number : firstInvalid;
                continue;
            }
            int a = words.RowOf(fields[0]),
                b = words.RowOf(fields[1]);
            bool known = a >= 0 && b >= 0;
            unknown += known ? 0 : 1;
            if (!known && !options.DummyForUnknown)
                continue;
            gold.Add(score);
            model.Add(known ? UnitTable.Dot(vectors.Table[a], vectors.Table[b]) : 0);
        }
        if (invalid > 1 && invalid > gold.Count + unknown)
        {
            Throw.BadFile(
                path,
                $"line {firstInvalid}",
                $"{invalid} lines are no 'word word score' and {gold.Count + unknown} are, so this is no set of word "
                    + $"pairs",
                "Give a file of word pairs with scores, such as WordSim-353, or one of analogies, whose sections "
                    + "begin with ': name'"
            );
        }
        if (gold.Count == 0)
            Throw.BadFile(
                path,
                "end of file",
                "it holds no pair whose words both have vectors",
                "Lines must be 'word word score'; check the words' case and language"
            );
        int all = gold.Count + (options.DummyForUnknown ? 0 : unknown);
        double spearman = Correlation.Spearman(gold.ToArray(), model.ToArray()),
            pearson = Correlation.Pearson(gold.ToArray(), model.ToArray());
        return new SimilarityScore(spearman, pearson, gold.Count, unknown, invalid)
        {
            Coverage = (double)(all - unknown) / all,
            SpearmanP = Correlation.Probability(spearman, gold.Count),
            PearsonP = Correlation.Probability(pearson, gold.Count),
            FirstInvalidLine = firstInvalid,
        };
    }

    /// <summary>
    /// Two words and a number, between blanks, tabs or commas; where semicolons part them a comma is the decimal one.
    /// </summary>
    private static bool TryParse(string line, out string[] fields, out double score)
    {
        bool semicolons = line.Contains(';', StringComparison.Ordinal);
        fields = line.Split(
            semicolons ? [';'] : [' ', '\t', ','],
            StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries
        );
        score = 0;
        return fields.Length == 3
            && double.TryParse(
                semicolons ? fields[2].Replace(',', '.') : fields[2],
                NumberStyles.Float,
                CultureInfo.InvariantCulture,
                out score
            );
    }
}
