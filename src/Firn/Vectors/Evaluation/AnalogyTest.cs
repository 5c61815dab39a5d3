using Firn.Vectors.Search;

namespace Firn.Vectors.Evaluation;

/// <summary>Analogies by 3CosAdd: gensim's evaluate_word_analogies, all questions searched at once.</summary>
internal static class AnalogyTest
{
    /// <summary>Best words looked at besides the question's own.</summary>
    private const int Candidates = 5;

    public static AnalogyScore Run(Similarity vectors, string path, EvaluationOptions options)
    {
        var words = new EvaluationWords(vectors.Vectors, options);
        List<Question> questions = [];
        List<string> names = [];
        int unknown = 0;
        var invalid = new List<int>();
        var wrong = new Dictionary<int, int>(); // questions with unknown words that count as wrong, by section
        foreach ((int section, string[] terms) in Read(path, names, invalid))
        {
            int[] rows = [.. terms.Select(words.RowOf)];
            if (rows.All(row => row >= 0))
            {
                questions.Add(new Question(section, rows, terms));
                continue;
            }
            unknown++;
            if (options.DummyForUnknown)
                wrong[section] = wrong.GetValueOrDefault(section) + 1;
        }
        if (questions.Count == 0 && wrong.Count == 0)
        {
            Throw.BadFile(
                path,
                "end of file",
                unknown > 0
                    ? $"{unknown} questions have a word without a vector and none is left"
                    : "it holds no question of four words",
                "Lines must be 'a b c d' below sections ': name'; check the words' case and language"
            );
        }
        UnitTable table = vectors.Table;
        float[][] queries = [.. questions.Select(q => table.Mean([q.Rows[1], q.Rows[2]], [q.Rows[0]]))];
        (int Row, float Score)[][] found = BatchSearch.Nearest(table, queries, Candidates + 3, words.Count);
        int[] correct = new int[names.Count],
            total = new int[names.Count];
        for (int i = 0; i < questions.Count; i++)
        {
            total[questions[i].Section]++;
            correct[questions[i].Section] += IsRight(questions[i], found[i], vectors.Vectors, words) ? 1 : 0;
        }
        AnalogySection[] sections =
        [
            .. names.Select((name, s) => new AnalogySection(name, correct[s], total[s] + wrong.GetValueOrDefault(s))),
        ];
        return new AnalogyScore(sections, unknown)
        {
            InvalidLines = invalid.Count,
            FirstInvalidLine = invalid.FirstOrDefault(),
        };
    }

    /// <summary>
    /// The answer is the first of the five best words, without the rows a, b and c, that is not another spelling of a,
    /// b or c; the fifth where all are.
    /// </summary>
    private static bool IsRight(
        Question question,
        (int Row, float Score)[] found,
        WordVectors vectors,
        EvaluationWords words
    )
    {
        string[] given = [.. question.Terms[..3].Select(words.Fold)];
        string predicted = "";
        foreach ((int row, _) in found.Where(f => !question.Rows.AsSpan(0, 3).Contains(f.Row)).Take(Candidates))
        {
            predicted = words.Fold(vectors.Words[row]);
            if (!given.Contains(predicted))
                break;
        }
        return predicted == words.Fold(question.Terms[3]);
    }

    private static IEnumerable<(int Section, string[] Terms)> Read(string path, List<string> names, List<int> invalid)
    {
        bool csv = false;
        int number = 0;
        foreach (string line in TestLines.Of(path))
        {
            number++;
            if (number == 1 && line.StartsWith(",type,", StringComparison.Ordinal))
            {
                csv = true;
            }
            else if (csv)
            {
                string[] fields = line.Split(',');
                if (fields.Length == 6)
                    yield return (SectionOf(fields[1], names), fields[2..]);
                else
                    invalid.Add(number);
            }
            else if (line.StartsWith(": ", StringComparison.Ordinal))
            {
                names.Add(line[2..].Trim());
            }
            else
            {
                if (names.Count == 0)
                    Throw.BadFile(
                        path,
                        $"line {number}",
                        "a question stands before the first section",
                        "Begin each section with a line ': name'"
                    );
                string[] terms = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
                if (terms.Length == 4)
                    yield return (names.Count - 1, terms);
                else if (terms.Length > 0)
                    invalid.Add(number);
            }
        }
    }

    private static int SectionOf(string name, List<string> names)
    {
        int section = names.IndexOf(name);
        if (section < 0)
        {
            section = names.Count;
            names.Add(name);
        }
        return section;
    }

    private readonly record struct Question(int Section, int[] Rows, string[] Terms);
}
