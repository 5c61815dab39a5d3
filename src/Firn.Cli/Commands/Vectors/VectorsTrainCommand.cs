using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Firn.Cli.Output;
using Firn.Recipes;
using Firn.Text;
using Firn.Vectors;

namespace Firn.Cli.Commands.Vectors;

/// <summary><c>firn vectors train TEXT OUT</c>: word2vec on plain text, one text a line, or on the texts of a corpus.</summary>
internal static class VectorsTrainCommand
{
    public static Command Create(Invocation run)
    {
        var corpus = new CorpusArguments("TEXT", "Plain text in UTF-8, one text a line, plain or gzip (or, with --format, a labelled corpus)", CorpusFormat.Lines);
        var target = new Argument<string>("OUT") { Description = "The file of vectors to write; a name in .gz is compressed" };
        var to = new Option<string>("--to")
        {
            Description = "Format of OUT (default: by its name, as in 'firn vectors convert')",
            HelpName = "FORMAT",
        }.OneOf(VectorFileOptions.Written);
        var preset = new Option<string>("--preset")
        {
            Description = "How a text becomes words: none splits at white space; tweets and notebook clean as 'firn train' does",
            DefaultValueFactory = _ => "none",
        }.OneOf("none", "tweets", "notebook");
        var parameters = new Word2VecArguments([("gensim", new Word2VecOptions())]);
        var seed = CommonOptions.Seed("all that is random; the same seed repeats a run bit for bit with --threads 1 (several threads work without locks)");
        var threads = CommonOptions.Threads();
        var json = CommonOptions.Json();
        var command = new Command("train", "Train word2vec on plain text");
        command.Add(corpus.Data);
        command.Add(target);
        command.Add(to);
        command.Add(preset);
        parameters.AddTo(command);
        corpus.AddTo(command);
        command.Add(seed);
        command.Add(threads);
        command.Add(json);
        command.SetAction(parsed =>
        {
            string output = parsed.GetRequiredValue(target);
            var format = parsed.GetValue(to) is { } name ? VectorFileOptions.FormatOf(name) : VectorsConvertCommand.ByName(output);
            var options = parameters.Read(parsed, new Word2VecOptions { Seed = (ulong)parsed.GetValue(seed), Threads = parsed.GetValue(threads) });
            long began = Stopwatch.GetTimestamp();
            var vectors = Train(run, corpus.Open(parsed), new Tokenizer(CleaningOf(parsed.GetRequiredValue(preset))), options);
            vectors.Save(output, format);
            if (parsed.GetValue(json))
            {
                Json.Write(run.Terminal, new JsonObject
                {
                    ["file"] = output,
                    ["format"] = VectorFileOptions.NameOf(format),
                    ["words"] = vectors.Count,
                    ["dimension"] = vectors.Dimension,
                    ["bytes"] = new FileInfo(output).Length,
                    ["seconds"] = Json.Number(Stopwatch.GetElapsedTime(began).TotalSeconds),
                });
            }
            else
            {
                run.Terminal.Note($"{output}: {vectors.Count:N0} words of {vectors.Dimension} values, {VectorFileOptions.NameOf(format)}, {Sizes.Bytes(new FileInfo(output).Length)}");
            }
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>As a recipe of that name cleans, so that the words are those that it meets.</summary>
    private static CleaningOptions CleaningOf(string preset) => preset == "none" ? CleaningOptions.None : RecipeOptions.ForPreset(preset).Cleaning;

    private static WordVectors Train(Invocation run, CorpusReader corpus, Tokenizer tokenizer, Word2VecOptions options)
    {
        using var progress = new ProgressLine(run.Terminal);
        var texts = new TextNumbers(corpus, tokenizer, count => progress.Report(double.NaN, string.Create(CultureInfo.InvariantCulture, $"{count:N0} texts")), run.Stop);
        progress.Begin("counting words");
        var vocabulary = texts.CountWords(options.MinCount);
        progress.End(string.Create(CultureInfo.InvariantCulture, $"counted words: {vocabulary.Count - 1:N0} occur {options.MinCount} times or more"));
        if (vocabulary.Count == 1)
            throw new UserError($"{corpus.Path}: no word occurs {options.MinCount} times; give more text or a smaller --min-count");
        progress.Begin("reading text");
        var ids = texts.Encode(vocabulary);
        progress.End(string.Create(CultureInfo.InvariantCulture, $"read text: {ids.TotalTokens:N0} words in {ids.Count:N0} texts"));
        progress.Begin("word vectors");
        var report = new InlineProgress<Word2VecProgress>(p => progress.Report(p.Fraction,
            string.Create(CultureInfo.InvariantCulture, $"epoch {p.Epoch}/{p.Epochs}, {p.WordsPerSecond / 1000:N0} thousand words a second")));
        var vectors = Word2Vec.Train(ids, vocabulary, options, report, run.Stop);
        progress.End(string.Create(CultureInfo.InvariantCulture, $"word vectors: {vectors.Count:N0} words of {vectors.Dimension} values"));
        return vectors;
    }
}
