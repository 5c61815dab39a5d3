using System.Globalization;
using Firn.Cli.Output;

namespace Firn.Cli.Scoring;

/// <summary>
/// Lines of token ids, as other programs write them: numbers with blanks or commas between, in brackets or without.
/// </summary>
/// <param name="predictor">The model.</param>
/// <param name="name">What errors call the lines: a file; null for arguments.</param>
internal sealed class IdLines(Predictor predictor, string? name)
{
    private const int BatchSize = 1024;

    /// <summary>Where the lines come from; null for arguments.</summary>
    public string? Name { get; } = name;

    /// <summary>Scores lines in batches.</summary>
    /// <param name="lines">A text's ids each; an empty line is an empty text.</param>
    /// <param name="write">Gets each line with what the model says.</param>
    /// <param name="stop">Stops between batches.</param>
    /// <returns>How many lines there were.</returns>
    public long Score(IEnumerable<string> lines, Action<string, Prediction> write, CancellationToken stop)
    {
        long count = 0;
        foreach (string[] batch in lines.Chunk(BatchSize))
        {
            stop.ThrowIfCancellationRequested();
            var ids = new List<IReadOnlyList<int>>(batch.Length);
            foreach (string line in batch)
                ids.Add(Parse(line, count + ids.Count + 1));
            IReadOnlyList<Prediction> predictions = predictor.Predict(predictor.IdsOf(ids));
            for (int i = 0; i < batch.Length; i++)
                write(batch[i], predictions[i]);
            count += batch.Length;
        }
        return count;
    }

    private int[] Parse(string line, long number)
    {
        int size = predictor.Vocabulary.Count;
        string[] parts = line.Trim()
            .TrimStart('[')
            .TrimEnd(']')
            .Split([' ', ',', '\t', ';'], StringSplitOptions.RemoveEmptyEntries);
        var ids = new int[parts.Length];
        for (int i = 0; i < ids.Length; i++)
        {
            if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out ids[i]) || ids[i] >= size)
                throw new UserError(
                    $"{(Name is null ? "text" : $"{Name}: line")} {number}, number {i + 1}: '{parts[i]}' is no id of "
                        + $"this model; expected are whole numbers from 0 to {size - 1}, with blanks or commas between"
                );
        }
        return ids;
    }
}
