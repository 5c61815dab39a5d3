using System.CommandLine;
using System.Globalization;
using System.Text;
using Firn.Cli.Output;
using Firn.Vectors;

namespace Firn.Cli.Commands.Vectors;

/// <summary>
/// <c>firn vectors print FILE WORD...</c>: vectors of words or texts as lines of numbers, as fastText prints them.
/// </summary>
internal static class VectorsPrintCommand
{
    private enum Pool
    {
        Mean,
        Sum,
        FastText,
    }

    public static Command Create(Invocation run)
    {
        var source = new VectorFileOptions();
        var words = new Argument<string[]>("WORD")
        {
            Description = "Words, or with --texts texts; - reads them from standard input, one a line",
            Arity = ArgumentArity.OneOrMore,
        };
        var texts = new Option<bool>("--texts")
        {
            Description = "Each WORD is a text: print one vector for all its words",
        };
        var pool = new Option<string>("--pool")
        {
            Description =
                "--texts: the mean of the vectors, their sum, or fasttext, the mean of the unit vectors as 'fasttext "
                + "print-sentence-vectors' has it",
            DefaultValueFactory = _ => "mean",
        }.OneOf("mean", "sum", "fasttext");
        var digits = new Option<int>("--digits")
        {
            Description = "Significant digits; 9 tell every number from the next",
            DefaultValueFactory = _ => 5,
            HelpName = "N",
        }.Between(1, 9);
        var command = new Command("print", "Print the vectors of words or texts, a line each");
        command.Add(source.File);
        command.Add(words);
        command.Add(texts);
        command.Add(pool);
        command.Add(digits);
        source.AddOptionsTo(command);
        command.SetAction(parsed =>
        {
            string[] given = parsed.GetRequiredValue(words);
            bool lines = QueryLines.AreAsked(given),
                whole = parsed.GetValue(texts);
            if (!whole && parsed.GetResult(pool) is { Implicit: false })
                throw new UsageError("--pool is for texts; give --texts too, or leave it out");
            var how = Enum.Parse<Pool>(parsed.GetRequiredValue(pool), ignoreCase: true);
            string format = "G" + parsed.GetValue(digits).ToString(CultureInfo.InvariantCulture);
            string[] asked = lines ? [] : [.. given.SelectMany(QueryLines.Words)];
            // A model that composes words is asked for them one by one.
            var model = source.OpenComposer(parsed);
            using var vectors = model is not null ? null : source.Load(run.Terminal, parsed, asked);
            var lookup = new VectorLookup(vectors, model);
            if (model is not null)
            {
                ModelVectors.NoteComposed(
                    run.Terminal,
                    parsed.GetRequiredValue(source.File),
                    asked.Where(word => !model.HasSeen(word) && lookup.Find(word) is not null)
                );
            }
            void Show(string query)
            {
                if (whole)
                    Write(run.Terminal, "", Pooled(lookup, QueryLines.Words(query), how), format);
                else
                    WriteWords(run.Terminal, lookup, query, format);
            }
            if (lines)
                return QueryLines.Answer(run, Show);
            foreach (string query in given)
                Show(query);
            return ExitCode.Done;
        });
        return command;
    }

    private static void WriteWords(Terminal terminal, VectorLookup lookup, string query, string format)
    {
        foreach (string word in QueryLines.Words(query))
        {
            float[] vector = lookup.Find(word) ?? throw new UserError($"'{word}' has no vector; check its spelling");
            Write(terminal, word, vector, format);
        }
    }

    private static float[] Pooled(VectorLookup lookup, string[] words, Pool how)
    {
        var sum = new double[lookup.Dimension];
        int count = 0;
        foreach (string word in words)
        {
            if (lookup.Find(word) is not { } vector)
                continue;
            double length = how == Pool.FastText ? Math.Sqrt(vector.Sum(value => (double)value * value)) : 1;
            if (length == 0)
                continue;
            for (int i = 0; i < sum.Length; i++)
                sum[i] += vector[i] / length;
            count++;
        }
        if (count == 0 && how != Pool.FastText)
            throw new UserError(
                $"no word of '{string.Join(' ', words)}' has a vector; words are split at white space and compared "
                    + $"as written, so check case and punctuation"
            );
        return [.. sum.Select(value => (float)(how == Pool.Sum ? value : value / Math.Max(count, 1)))];
    }

    private static void Write(Terminal terminal, string word, float[] vector, string format)
    {
        var line = new StringBuilder(word);
        foreach (float value in vector)
            line.Append(line.Length == 0 ? "" : " ").Append(value.ToString(format, CultureInfo.InvariantCulture));
        terminal.Out.WriteLine(line.ToString());
    }

    /// <summary>Vectors of a table, or of a model that composes them.</summary>
    private sealed class VectorLookup(WordVectors? table, WordComposer? model)
    {
        public int Dimension => model?.Dimension ?? table!.Dimension;

        public float[]? Find(string word)
        {
            var vector = new float[Dimension];
            if (model is not null)
                return model.TryGetVector(word, vector) ? vector : null;
            if (!table!.TryGetRow(word, out int row))
                return null;
            table.CopyTo(row, vector);
            return vector;
        }
    }
}
