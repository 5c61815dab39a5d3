using System.CommandLine;
using Firn.Cli.Output;
using Firn.Text;

namespace Firn.Cli.Commands.Vectors;

/// <summary>
/// Whether words that belong together are joined before training, as word2phrase and gensim's <c>Phrases</c> do.
/// </summary>
internal sealed class PhraseArguments
{
    private readonly Option<int> _passes = new Option<int>("--phrases")
    {
        Description =
            "Join words that stand together more than by chance (new_york), in N passes; two find phrases of up to "
            + "four words",
        DefaultValueFactory = _ => 0,
        HelpName = "N",
    }.Between(0, 10);

    private readonly Option<string?> _scoring = new Option<string?>("--phrase-scoring")
    {
        Description =
            "--phrases: word2phrase counts all words, gensim distinct words and pairs, and npmi is normalized mutual "
            + "information from -1 to 1 (default word2phrase)",
        HelpName = "SCORE",
    }.OneOf("word2phrase", "gensim", "npmi");

    private readonly Option<double?> _threshold = new Option<double?>("--phrase-threshold")
    {
        Description =
            "--phrases: score from which on a pair is one; higher joins fewer (default 100, with gensim 10, with "
            + "npmi 0.5)",
        HelpName = "X",
    }.Between(-1, 1e12);

    private readonly Option<int?> _minCount = new Option<int?>("--phrase-min-count")
    {
        Description =
            "--phrases: words and pairs seen fewer times are no part of one; also the score's discount (default 5)",
        HelpName = "N",
    }.Between(1, int.MaxValue);

    private readonly Option<string?> _connectors = new("--phrase-connectors")
    {
        Description =
            "--phrases: words that may stand inside one, as in bank_of_america: english, or a file with one a line "
            + "(default: none)",
        HelpName = "english|FILE",
    };

    private readonly Option<string?> _save = new("--save-phrases")
    {
        Description = "--phrases: keep the phrases for other texts",
        HelpName = "FILE",
    };

    private readonly Option<string?> _from = new("--phrases-from")
    {
        Description = "Join the phrases that --save-phrases kept, and find none anew",
        HelpName = "FILE",
    };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _passes, _scoring, _threshold, _minCount, _connectors, _save, _from })
            command.Add(option);
    }

    /// <summary>The file of phrases that is read, if one is.</summary>
    public IEnumerable<string> InputsOf(ParseResult parsed) => new[] { parsed.GetValue(_from) }.OfType<string>();

    /// <summary>The file of phrases that is written; null for none.</summary>
    public string? OutputOf(ParseResult parsed) => parsed.GetValue(_save);

    /// <summary>What was chosen; null for no phrases.</summary>
    public Choice? Read(ParseResult parsed)
    {
        int asked = parsed.GetValue(_passes);
        string? given = new Option[] { _scoring, _threshold, _minCount, _connectors, _save }
            .FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false })
            ?.Name;
        if (parsed.GetValue(_from) is { } path)
        {
            if (asked > 0 || given is not null)
                throw new UsageError(
                    $"--phrases-from takes phrases as they are, and {(asked > 0 ? "--phrases" : given)} finds new "
                        + $"ones; leave one of the two out"
                );
            return new Choice(0, new PhraseOptions(), Phrases.Load(Inputs.RequireFile(path)), null);
        }
        if (asked > 0)
            return new Choice(asked, Options(parsed), [], parsed.GetValue(_save));
        return given is null
            ? null
            : throw new UsageError($"{given} is for phrases; give --phrases N too, or leave it out");
    }

    private PhraseOptions Options(ParseResult parsed)
    {
        (PhraseScoring kind, double usual) = parsed.GetValue(_scoring) switch
        {
            "gensim" => (PhraseScoring.DistinctTokens, 10),
            "npmi" => (PhraseScoring.Npmi, 0.5),
            _ => (PhraseScoring.Word2Phrase, new PhraseOptions().Threshold),
        };
        double limit = parsed.GetValue(_threshold) ?? usual;
        if (kind == PhraseScoring.Npmi ? limit > 1 : limit < 0)
            throw new UsageError(
                kind == PhraseScoring.Npmi
                    ? $"--phrase-threshold {limit}: npmi lies between -1 and 1"
                    : $"--phrase-threshold {limit}: below 0 only npmi has scores that count"
            );
        return new PhraseOptions
        {
            Scoring = kind,
            Threshold = limit,
            MinCount = parsed.GetValue(_minCount) ?? new PhraseOptions().MinCount,
            Connectors = parsed.GetValue(_connectors) switch
            {
                null => [],
                "english" => PhraseOptions.EnglishConnectors,
                { } file =>
                [
                    .. File.ReadLines(Inputs.RequireFile(file))
                        .Select(line => line.Trim())
                        .Where(word => word.Length > 0),
                ],
            },
        };
    }

    /// <param name="Passes">Passes over the texts that find phrases.</param>
    /// <param name="Options">Limits.</param>
    /// <param name="Known">Phrases that are joined instead.</param>
    /// <param name="SavePath">Where phrases that were found are kept; null for nowhere.</param>
    internal sealed record Choice(int Passes, PhraseOptions Options, IReadOnlyList<Phrases> Known, string? SavePath);
}
