using System.CommandLine;
using System.Globalization;
using Firn.Vectors;

namespace Firn.Cli.Commands.Vectors;

/// <summary>
/// Words to be near to and far from, each with a weight: <c>--positive king woman:0.5 --negative man</c>.
/// </summary>
internal sealed class QueryWords
{
    private readonly Option<string[]> _positive = Words(
        "--positive",
        "Words that answers are to be near to, each with a weight if wanted: king woman:0.5"
    );

    private readonly Option<string[]> _negative = Words(
        "--negative",
        "Words that answers are to be far from, likewise"
    );

    public void AddTo(Command command)
    {
        command.Add(_positive);
        command.Add(_negative);
    }

    public bool AreGiven(ParseResult parsed) => Positive(parsed).Length + Negative(parsed).Length > 0;

    /// <summary>What may be looked up: with and without what could be a weight.</summary>
    public string[] Spellings(ParseResult parsed) =>
        [.. Positive(parsed).Concat(Negative(parsed)).SelectMany(word => new[] { word, Split(word).Word }).Distinct()];

    /// <summary>The words with their weights, negative ones below 0.</summary>
    public WeightedWord[] Read(ParseResult parsed, WordVectors vectors) =>
        [
            .. Positive(parsed).Select(word => Weighted(vectors, word, 1)),
            .. Negative(parsed).Select(word => Weighted(vectors, word, -1)),
        ];

    private string[] Positive(ParseResult parsed) => parsed.GetValue(_positive) ?? [];

    private string[] Negative(ParseResult parsed) => parsed.GetValue(_negative) ?? [];

    private static Option<string[]> Words(string name, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "WORD[:WEIGHT]",
            AllowMultipleArgumentsPerToken = true,
        };

    // A word may hold a colon: where the whole has a vector it is the word.
    private static WeightedWord Weighted(WordVectors vectors, string given, float sign)
    {
        (string word, float weight) = vectors.TryGetRow(given, out _) ? (given, 1) : Split(given);
        VectorsNeighborsCommand.RequireWord(vectors, word);
        return new WeightedWord(word, sign * weight);
    }

    private static (string Word, float Weight) Split(string given)
    {
        int colon = given.LastIndexOf(':');
        return
            colon > 0
            && float.TryParse(
                given.AsSpan(colon + 1),
                NumberStyles.Float,
                CultureInfo.InvariantCulture,
                out float weight
            )
            && float.IsFinite(weight)
            ? (given[..colon], weight)
            : (given, 1);
    }
}
