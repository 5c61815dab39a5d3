using System.CommandLine;
using Firn.Cli.Output;
using Firn.Vectors;
using Firn.Vectors.Training;

namespace Firn.Cli.Commands.Vectors;

/// <summary>The table that <c>firn vectors train</c> goes on from, and what it leaves for going on.</summary>
internal sealed class Word2VecStartOptions
{
    private readonly Option<string?> _from = new("--from")
    {
        Description =
            "Train these vectors further: their words keep their rows, and new words are added. "
            + "A table, or a fastText model (.bin), whose n-grams and output vectors go on too",
        HelpName = "FILE",
    };

    private readonly Option<string?> _outputs = new("--from-outputs")
    {
        Description = "--from: the output vectors that --save-outputs kept; without them those begin anew",
        HelpName = "FILE",
    };
    private readonly Option<bool> _noNewWords = new("--no-new-words")
    {
        Description = "--from: leave words out that FILE does not have",
    };
    private readonly Option<string?> _fix = new("--fix")
    {
        Description = "--from: words whose vectors must not move, one a line; or 'all', all that FILE has",
        HelpName = "FILE|all",
    };
    private readonly Option<string?> _save = new("--save-outputs")
    {
        Description = "Keep the output vectors too, for going on later with --from-outputs; format by its name",
        HelpName = "FILE",
    };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _from, _outputs, _noNewWords, _fix, _save })
            command.Add(option);
    }

    /// <summary>The files that are read, which no output may replace.</summary>
    public IEnumerable<string> InputsOf(ParseResult parsed) =>
        new[] { _from, _outputs, _fix }.Select(option => parsed.GetValue(option)).OfType<string>();

    /// <summary>The file that training goes on from, or null.</summary>
    public string? PathOf(ParseResult parsed) => parsed.GetValue(_from);

    /// <summary>The file that the output vectors are written to, or null.</summary>
    public string? OutputOf(ParseResult parsed) => parsed.GetValue(_save);

    /// <summary>The fastText model that training goes on from; null where --from names none.</summary>
    public FastTextStart? OpenModel(ParseResult parsed)
    {
        if (parsed.GetValue(_from) is not { } path || !FastTextVectors.IsModel(Required(path)))
            return null;
        foreach (var option in new Option[] { _outputs, _fix })
        {
            if (parsed.GetResult(option) is { Implicit: false })
            {
                string why = option == _outputs ? ", which has its output vectors in it" : ": its words share them";
                throw new UsageError(
                    $"{option.Name} is for tables of whole words, and {path} is a model with n-grams{why}; leave it out"
                );
            }
        }
        return FastTextStart.Open(path) with { AddWords = !parsed.GetValue(_noNewWords) };
    }

    /// <summary>The table that training goes on from; null where it begins anew, or from a model.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="options">How vectors are trained.</param>
    /// <param name="sizeGiven">Whether --vector-size was given.</param>
    public Word2VecStart? Read(ParseResult parsed, Word2VecOptions options, bool sizeGiven)
    {
        if (parsed.GetValue(_save) is not null && options.Negative == 0)
            throw new UsageError(
                "--save-outputs keeps what negative sampling trains, and --negative is 0; leave one of the two out"
            );
        if (parsed.GetValue(_from) is not { } path)
        {
            foreach (var option in new Option[] { _outputs, _noNewWords, _fix })
            {
                if (parsed.GetResult(option) is { Implicit: false })
                    throw new UsageError(
                        $"{option.Name} is for training vectors further; give --from FILE too, or leave it out"
                    );
            }
            return null;
        }
        if (FastTextVectors.IsModel(Required(path)))
            return null;
        if (sizeGiven)
            throw new UsageError($"--vector-size is that of {path} and cannot be chosen with --from; leave it out");
        if (options.Subwords is not null)
            throw new UsageError(
                $"--from with --subwords takes a fastText model (.bin), and {path} is a table of whole words; leave "
                    + $"--subwords out, or give a model"
            );
        var vectors = WordVectors.Load(path);
        return new Word2VecStart
        {
            Vectors = vectors,
            Outputs = parsed.GetValue(_outputs) is { } kept ? WordVectors.Load(Required(kept)) : null,
            AddWords = !parsed.GetValue(_noNewWords),
            Fixed = parsed.GetValue(_fix) switch
            {
                null => null,
                "all" => [.. vectors.Words],
                { } file => [.. File.ReadLines(Required(file)).Where(word => word.Length > 0)],
            },
        };
    }

    /// <summary>Keeps the output vectors, if that was asked for.</summary>
    public void SaveOutputs(ParseResult parsed, Word2VecModel model)
    {
        if (parsed.GetValue(_save) is { } path)
            model.Outputs!.Save(path, VectorsConvertCommand.ByName(path));
    }

    private static string Required(string path)
    {
        Inputs.RequireFile(path);
        return path;
    }
}
