using Firn.Interop.Export;
using Firn.Linear;

namespace Firn.Interop.Onnx;

/// <summary>
/// The linear part over n-grams as operators of ONNX: what <c>TfIdfVectorizer</c> would give, without its dense row of
/// all features a text, which takes 4 MB a text where there are a million n-grams. An n-gram is found by the place of
/// its beginning and its last id, by halving a sorted list; a text's feature is met once at each of its places and
/// counted by comparing places, so sums over places divide by the count.
/// </summary>
internal sealed class OnnxLinear(OnnxGraph graph, OnnxInputs inputs, NgramClassifier linear, int vocabulary)
{
    private readonly int _outputs = linear.OutputSize;

    /// <summary>Logits [B,K] with the linear part's added.</summary>
    public string AddTo(string logits)
    {
        logits = graph.Node("Add", logits, Words());
        return linear.Characters is { } characters ? graph.Node("Add", logits, Spelling(characters)) : logits;
    }

    private string Words()
    {
        string intercepts = graph.Tensor("linear.intercepts", new ExportTensor(linear.Intercepts, _outputs));
        IReadOnlyList<NgramLevel> levels = NgramTable.Of(linear.Vectorizer, vocabulary).Levels;
        if (levels.Count == 0)
            return intercepts;
        // Digits of the numbers that n-grams are found by: 0 is the end of a text, so that no n-gram runs over it.
        string one = graph.Whole(1);
        string digits = graph.Node(
            "Where",
            inputs.MaskOfText,
            graph.Node("Add", inputs.IdsOfText, one),
            graph.Whole(0)
        );
        string? found = null,
            sums = null,
            squares = null;
        for (int level = 0; level < levels.Count; level++)
        {
            found = level == 0 ? Single(levels[0], digits) : Longer(levels[level], level, found!, digits);
            (string levelSums, string levelSquares) = Features(levels[level], level, found);
            sums = sums is null ? levelSums : graph.Node("Add", sums, levelSums);
            squares = squares is null ? levelSquares : graph.Node("Add", squares, levelSquares);
        }
        if (linear.Vectorizer.Options.Normalize)
        {
            // A text without a known n-gram has sums of 0, whatever they are divided by.
            string norm = graph.Node(
                "Sqrt",
                graph.Node("Where", graph.Node("Greater", squares!, graph.Number(0)), squares!, graph.Number(1))
            );
            sums = graph.Node("Div", sums!, norm);
        }
        return graph.Node("Add", sums!, intercepts);
    }

    /// <summary>Places among the n-grams of one id, [B,T], from 1; 0 for none.</summary>
    private string Single(NgramLevel level, string digits)
    {
        var placeOf = new long[vocabulary + 1];
        for (int i = 0; i < level.Lasts.Length; i++)
            placeOf[level.Lasts[i] + 1] = i + 1;
        return graph.Node("Gather", graph.Longs("linear.words", placeOf), digits);
    }

    /// <summary>Places of the n-grams that begin at each word, [B,T], from the places of those one shorter.</summary>
    private string Longer(NgramLevel level, int behind, string beginnings, string digits)
    {
        string padded = graph.Node("Pad", digits, graph.List(0, 0, 0, behind), graph.Whole(0));
        string lasts = graph.Node("Slice", padded, graph.List(behind), graph.List(long.MaxValue), graph.List(1));
        string number = graph.Node("Add", graph.Node("Mul", beginnings, graph.Whole(vocabulary + 1)), lasts);

        int steps = 1;
        while (1 << steps <= level.Lasts.Length)
            steps++;
        var numbers = new long[1 << steps]; // [0] is below all, the rest above
        Array.Fill(numbers, long.MaxValue);
        numbers[0] = -1;
        for (int i = 0; i < level.Lasts.Length; i++)
            numbers[i + 1] = level.Prefixes[i] * (vocabulary + 1L) + level.Lasts[i] + 1;
        string all = graph.Longs(FormattableString.Invariant($"linear.ngrams{behind + 1}"), numbers);

        // The largest place whose number is not above: bit by bit from the highest.
        string at = graph.Node("Mul", number, graph.Whole(0));
        for (int bit = steps - 1; bit >= 0; bit--)
        {
            string next = graph.Node("Add", at, graph.Whole(1L << bit));
            string below = graph.Node("LessOrEqual", graph.Node("Gather", all, next), number);
            at = graph.Node("Where", below, next, at);
        }
        return graph.Node("Where", graph.Node("Equal", graph.Node("Gather", all, at), number), at, graph.Whole(0));
    }

    /// <summary>Sums of weighted values, [B,K], and of their squares, [B,1].</summary>
    private (string Sums, string Squares) Features(NgramLevel level, int number, string found)
    {
        string prefix = FormattableString.Invariant($"linear.{number + 1}");
        var values = new float[level.Columns.Length + 1];
        var weights = new float[(level.Columns.Length + 1) * _outputs];
        for (int i = 0; i < level.Columns.Length; i++)
        {
            int column = level.Columns[i];
            values[i + 1] = linear.Vectorizer.Weights[column];
            linear.Weights.AsSpan(column * _outputs, _outputs).CopyTo(weights.AsSpan((i + 1) * _outputs));
        }
        string same = graph.Node(
            "Equal",
            graph.Node("Unsqueeze", found, graph.List(2)),
            graph.Node("Unsqueeze", found, graph.List(1))
        );
        string counts = graph.Node(
            "ReduceSum",
            [graph.Node("Cast", [same], OnnxAttribute.Of("to", (long)OnnxGraph.Kind.Single)), graph.List(2)],
            OnnxAttribute.Of("keepdims", 0)
        );
        string frequency = linear.Vectorizer.Options.SublinearCounts
            ? graph.Node("Add", graph.Node("Log", counts), graph.Number(1))
            : counts;
        string value = graph.Node(
            "Mul",
            graph.Node("Gather", graph.Tensor(prefix + ".values", new ExportTensor(values, values.Length)), found),
            frequency
        );
        string share = graph.Node("Div", value, counts);
        string rows = graph.Node(
            "Gather",
            graph.Tensor(prefix + ".weights", new ExportTensor(weights, values.Length, _outputs)),
            found
        );
        string squares = graph.Node(
            "ReduceSum",
            [graph.Node("Mul", share, value), graph.List(1)],
            OnnxAttribute.Of("keepdims", 1)
        );
        return (Weighted(share, rows), squares);
    }

    /// <summary>What the spelling of the texts' words says; words without an id say nothing here.</summary>
    private string Spelling(CharacterScores characters)
    {
        string mask = graph.Node("Cast", [inputs.MaskOfText], OnnxAttribute.Of("to", (long)OnnxGraph.Kind.Single));
        string rows = graph.Node(
            "Gather",
            graph.Tensor(
                "spelling.scores",
                new ExportTensor(characters.Scores, characters.Scores.Length / _outputs, _outputs)
            ),
            inputs.IdsOfText
        );
        string squareOf = graph.Node(
            "Gather",
            graph.Tensor("spelling.squares", new ExportTensor(characters.Squares, characters.Squares.Length)),
            inputs.IdsOfText
        );
        string squares = graph.Node(
            "ReduceSum",
            [graph.Node("Mul", squareOf, mask), graph.List(1)],
            OnnxAttribute.Of("keepdims", 1)
        );
        return graph.Node("Div", Weighted(mask, rows), graph.Node("Sqrt", graph.Node("Max", squares, graph.Number(1))));
    }

    /// <summary>[B,T] and [B,T,K] to the weighted sums [B,K].</summary>
    private string Weighted(string shares, string rows) =>
        graph.Node(
            "Squeeze",
            graph.Node("MatMul", graph.Node("Unsqueeze", shares, graph.List(1)), rows),
            graph.List(1)
        );
}
