using System.CommandLine;
using System.Text;
using Firn.Cli.Output;
using Firn.Data;
using Firn.Files;
using Firn.Vectors;
using Firn.Vectors.Formats;

namespace Firn.Cli.Commands.Vectors;

/// <summary>The arguments of every command that reads a file of word vectors.</summary>
internal sealed class VectorFileOptions
{
    /// <summary>Formats that are written, by the names of the options.</summary>
    public static readonly string[] Written = ["word2vec-text", "word2vec-binary", "glove", "safetensors"];

    private readonly Option<string> _format = new Option<string>("--format")
    {
        Description =
            "Format of FILE; auto tells it from the content, models of fastText, gensim and floret too (fastText's "
            + ".vec is word2vec-text)",
        DefaultValueFactory = _ => "auto",
        HelpName = "FORMAT",
    }.OneOf(["auto", .. Written, .. ModelVectors.Formats]);

    private readonly Option<int?> _limit = new Option<int?>("--limit")
    {
        Description = "Read the first N rows only, which usually are the most frequent words (default: all)",
        HelpName = "N",
    }.Between(1, int.MaxValue);

    private readonly Option<string?> _vocabulary = new("--vocabulary")
    {
        Description =
            "Keep only the words in FILE, one a line, as in a bundle's vocabulary.txt; the others are never held "
            + "(default: all). A fastText model composes those it has not seen",
        HelpName = "FILE",
    };

    private readonly Option<string> _invalidUtf8 = new Option<string>("--invalid-utf8")
    {
        Description = "A word that is not UTF-8: stop with its place, replace the bad bytes, or skip the word",
        DefaultValueFactory = _ => "stop",
    }.OneOf("stop", "replace", "skip");

    private readonly Option<bool> _ignoreCount = new("--ignore-count")
    {
        Description = "Take the rows that are there when the header promises another number",
    };

    private readonly Option<string?> _encoding = new("--encoding")
    {
        Description = "The encoding of words in a word2vec, GloVe or .vec file, as in latin1 or gbk (default: utf-8)",
        HelpName = "NAME",
    };

    private readonly Option<bool> _skipBadRows = new("--skip-bad-rows")
    {
        Description = "Leave out rows that cannot be read or are not finite, and count them",
    };

    public Argument<string> File { get; } =
        new("FILE")
        {
            Description =
                "A file of word vectors, plain or packed, a model of fastText (.bin, .ftz), gensim (.model, .kv) or "
                + "floret, or the folder of a bundle",
        };

    public void AddTo(Command command)
    {
        command.Add(File);
        AddOptionsTo(command);
    }

    /// <summary>For a command with further arguments, which come before the options.</summary>
    public void AddOptionsTo(Command command)
    {
        command.Add(_format);
        command.Add(_limit);
        command.Add(_vocabulary);
        command.Add(_invalidUtf8);
        command.Add(_ignoreCount);
        command.Add(_encoding);
        command.Add(_skipBadRows);
    }

    /// <summary>The files that the command reads, which no output may replace.</summary>
    public IEnumerable<string> InputsOf(ParseResult parsed) =>
        parsed.GetValue(_vocabulary) is { } words
            ? [parsed.GetRequiredValue(File), words]
            : [parsed.GetRequiredValue(File)];

    /// <summary>Reads the file and says on standard error what was odd in it.</summary>
    /// <param name="terminal">Takes the notes.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="asked">Words that will be looked up: a fastText model composes those that it has not seen.</param>
    public WordVectors Load(Terminal terminal, ParseResult parsed, params IReadOnlyCollection<string> asked) =>
        LoadFrom(parsed.GetRequiredValue(File), terminal, parsed, asked);

    /// <summary>Reads another file with the same options.</summary>
    public WordVectors LoadFrom(
        string path,
        Terminal terminal,
        ParseResult parsed,
        params IReadOnlyCollection<string> asked
    )
    {
        string? words = parsed.GetValue(_vocabulary);
        string[]? only = words is null
            ? null
            : [.. System.IO.File.ReadLines(Inputs.RequireFile(words)).Where(word => word.Length > 0)];
        if (only is [])
            throw new UserError($"{words}: there is no word in this file; give one word a line");
        if (Directory.Exists(path))
            return BundleVectors.Load(Inputs.RequireBundle(path), only, parsed.GetValue(_limit));
        Inputs.RequireFile(path);
        if (ModelVectors.Open(path, parsed.GetRequiredValue(_format)) is { } model)
        {
            RefuseIgnored(parsed, path);
            return model.Load(terminal, only, parsed.GetValue(_limit), asked);
        }
        var vectors = WordVectors.Load(
            path,
            new VectorLoadOptions
            {
                Format = FormatOf(parsed.GetRequiredValue(_format)),
                Limit = parsed.GetValue(_limit),
                Only = only,
                InvalidUtf8 = Enum.Parse<InvalidUtf8Policy>(parsed.GetRequiredValue(_invalidUtf8), ignoreCase: true),
                TrustHeader = !parsed.GetValue(_ignoreCount),
                Encoding = EncodingOf(parsed.GetValue(_encoding)),
                SkipBadRows = parsed.GetValue(_skipBadRows),
            }
        );
        if (vectors.LoadReport is { } report)
        {
            if (report.Duplicates > 0)
                terminal.Note(
                    $"firn: {path}: {Plural.Of(report.Duplicates, "row")} left out whose word came before, first '"
                        + $"{report.FirstDuplicate}'"
                );
            if (report.InvalidUtf8Words > 0)
                terminal.Note($"firn: {path}: {Plural.Of(report.InvalidUtf8Words, "word is", "words are")} not UTF-8");
            if (report.EmptyWords > 0)
                terminal.Note($"firn: {path}: {Plural.Of(report.EmptyWords, "row")} without a word left out");
            if (report.BadRows > 0)
                terminal.Note(
                    $"firn: {path}: {Plural.Of(report.BadRows, "row")} that cannot be read left out, first "
                        + $"{report.FirstBadRow}"
                );
            if (report.Filtered > 0)
                terminal.Note(
                    $"firn: {path}: {Plural.Of(report.Filtered, "row")} left out whose word {words} does not hold"
                );
        }
        return vectors;
    }

    /// <summary>
    /// The model in the file where it has a vector for any word, so that none need be listed; null for all else.
    /// </summary>
    public WordComposer? OpenComposer(ParseResult parsed)
    {
        string path = parsed.GetRequiredValue(File);
        if (Directory.Exists(path) || !InputFile.Exists(path))
            return null;
        if (ModelVectors.Open(path, parsed.GetRequiredValue(_format))?.Composer is not { } composer)
            return null;
        RefuseIgnored(parsed, path);
        string? chosen =
            parsed.GetValue(_limit) is not null ? _limit.Name
            : parsed.GetValue(_vocabulary) is not null ? _vocabulary.Name
            : null;
        if (chosen is not null)
            throw new UsageError(
                $"{chosen} chooses words, and {path} has a vector for every word that is asked for; leave it out"
            );
        return composer;
    }

    /// <summary>A model answers by its own rules; an option that would change nothing is refused.</summary>
    private void RefuseIgnored(ParseResult parsed, string path)
    {
        string? ignored =
            parsed.GetValue(_encoding) is not null ? "--encoding"
            : parsed.GetValue(_skipBadRows) ? "--skip-bad-rows"
            : parsed.GetValue(_ignoreCount) ? "--ignore-count"
            : parsed.GetResult(_invalidUtf8) is { Implicit: false } ? "--invalid-utf8"
            : null;
        if (ignored is not null)
            throw new UsageError(
                $"{ignored} is for files of vectors in text or word2vec's binary form, and {path} is none; leave it out"
            );
    }

    private static Encoding? EncodingOf(string? name)
    {
        if (
            name is null
            || name.Equals("utf-8", StringComparison.OrdinalIgnoreCase)
            || name.Equals("utf8", StringComparison.OrdinalIgnoreCase)
        )
            return null;
        try
        {
            Encoding found = TextEncodings.Get(name);
            return found.GetBytes(" ").Length == 1
                ? found
                : throw new UsageError(
                    $"--encoding {name}: the words of such a file are not separated by single bytes; convert it with "
                        + $"'iconv -f {name} -t utf-8' first"
                );
        }
        catch (ArgumentException)
        {
            throw new UsageError(
                $"--encoding {name}: there is no such encoding; give a name such as latin1, windows-1251, gbk or "
                    + $"shift_jis"
            );
        }
    }

    public static VectorFormat FormatOf(string name) =>
        name switch
        {
            "word2vec-text" => VectorFormat.Word2VecText,
            "word2vec-binary" => VectorFormat.Word2VecBinary,
            "glove" => VectorFormat.GloVe,
            "safetensors" => VectorFormat.Safetensors,
            _ => VectorFormat.Auto,
        };

    public static string NameOf(VectorFormat format) =>
        format switch
        {
            VectorFormat.Word2VecText => "word2vec-text",
            VectorFormat.Word2VecBinary => "word2vec-binary",
            VectorFormat.GloVe => "glove",
            VectorFormat.Safetensors => "safetensors",
            _ => "auto",
        };
}
