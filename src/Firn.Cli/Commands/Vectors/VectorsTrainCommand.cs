using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Firn.Cli.Output;
using Firn.Files;
using Firn.Recipes;
using Firn.Text;
using Firn.Vectors.Training;

namespace Firn.Cli.Commands.Vectors;

/// <summary>
/// <c>firn vectors train TEXT OUT</c>: word2vec on plain text, one text a line, or on the texts of a corpus.
/// </summary>
internal static class VectorsTrainCommand
{
    public static Command Create(Invocation run)
    {
        var corpus = new TrainingTexts();
        var target = new Argument<string>("OUT")
        {
            Description = "The file of vectors to write; a name in .gz is compressed",
        };
        var to = new Option<string>("--to")
        {
            Description =
                "Format of OUT (default: by its name, as in 'firn vectors convert'; with --subwords fasttext, a "
                + "model that knows words never seen)",
            HelpName = "FORMAT",
        }.OneOf([.. VectorFileOptions.Written, TrainedVectorFile.FastText]);
        var preset = new Option<string>("--preset")
        {
            Description =
                "How a text becomes words: none splits at white space; tweets and notebook clean as 'firn train' does",
            DefaultValueFactory = _ => "none",
        }.OneOf("none", "tweets", "notebook");
        var parameters = new Word2VecArguments([("gensim", new Word2VecOptions())]);
        var maxWords = new Option<int>("--max-words")
        {
            Description = "The most words that get a vector, the most frequent; 0 for no limit",
            DefaultValueFactory = _ => 0,
            HelpName = "N",
        }.Between(0, int.MaxValue);
        var start = new Word2VecStartOptions();
        var phrases = new PhraseArguments();
        var checkpoint = new Option<string?>("--checkpoint")
        {
            Description =
                "File that keeps the run when Ctrl-C stops it, and from minute to minute at ends of epochs: the same "
                + "command goes on from it; deleted at the end",
            HelpName = "FILE",
        };
        var seed = CommonOptions.Seed(
            "all that is random; the same seed repeats a run bit for bit with --deterministic or --threads 1 (else "
                + "several threads work without locks)"
        );
        var threads = CommonOptions.Threads();
        var json = CommonOptions.Json();
        var command = new Command("train", "Train word2vec or, with --subwords, fastText on plain text")
        {
            corpus.Data,
            target,
            to,
            preset,
        };
        parameters.AddTo(command);
        command.Add(maxWords);
        start.AddTo(command);
        phrases.AddTo(command);
        corpus.AddTo(command);
        foreach (var option in new Option[] { checkpoint, seed, threads, json })
            command.Add(option);
        command.SetAction(parsed =>
        {
            string output = parsed.GetRequiredValue(target);
            var model = start.OpenModel(parsed);
            var basis = new Word2VecOptions
            {
                Seed = (ulong)parsed.GetValue(seed),
                Threads = parsed.GetValue(threads),
                MaxWords = parsed.GetValue(maxWords),
            };
            if (model is not null)
                basis = basis with
                {
                    VectorSize = model.Dimension,
                    Subwords = model.Subwords,
                    SkipGram = model.SkipGram,
                };
            var options = parameters.Read(parsed, basis);
            if (model is not null)
                parameters.RefuseChanges(start.PathOf(parsed)!, basis, options);
            var writing = TrainedVectorFile.Of(output, parsed.GetValue(to), options);
            string[] inputs = [.. corpus.InputsOf(parsed), .. phrases.InputsOf(parsed), .. start.InputsOf(parsed)];
            foreach (
                string place in new[]
                {
                    output,
                    parsed.GetValue(checkpoint),
                    start.OutputOf(parsed),
                    phrases.OutputOf(parsed),
                }.OfType<string>()
            )
                OutputFile.Check(place, inputs);
            long began = Stopwatch.GetTimestamp();
            var from = start.Read(parsed, options, parameters.SizeGiven(parsed));
            var trainer = new Word2VecTrainer(
                from is null ? options : options with { VectorSize = from.Vectors.Dimension }
            )
            {
                Start = from,
                SubwordStart = model,
                CheckpointPath = parsed.GetValue(checkpoint),
            };
            Word2VecModel trained;
            try
            {
                var texts = new TextNumbers(
                    corpus.Open(parsed),
                    new Tokenizer(CleaningOf(parsed.GetRequiredValue(preset))),
                    run.Stop
                );
                trained = Train(run, corpus.NameOf(parsed), texts, trainer, phrases.Read(parsed));
            }
            catch (OperationCanceledException) when (File.Exists(trainer.CheckpointPath))
            {
                throw new UserError($"stopped; the same command goes on from {trainer.CheckpointPath}");
            }
            catch (NotFiniteNumberException error)
            {
                throw new UserError($"{error.Message} (--alpha); nothing was written");
            }
            writing.Save(trained);
            start.SaveOutputs(parsed, trained);
            if (parsed.GetValue(json))
            {
                Json.Write(
                    run.Terminal,
                    new JsonObject
                    {
                        ["file"] = output,
                        ["format"] = writing.FormatName,
                        ["words"] = trained.Vectors.Count,
                        ["dimension"] = trained.Vectors.Dimension,
                        ["bytes"] = WrittenFiles.Length(output),
                        ["seconds"] = Json.Number(Stopwatch.GetElapsedTime(began).TotalSeconds),
                    }
                );
            }
            else
            {
                run.Terminal.Note(
                    $"{output}: {trained.Vectors.Count:N0} words of {trained.Vectors.Dimension} dimensions, "
                        + $"{writing.FormatName}{WrittenFiles.Size(output)}"
                );
            }
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>As a recipe of that name cleans, so that the words are those that it meets.</summary>
    private static CleaningOptions CleaningOf(string preset) =>
        preset == "none" ? CleaningOptions.None : RecipeOptions.ForPreset(preset).Cleaning;

    private static Word2VecModel Train(
        Invocation run,
        string name,
        TextNumbers texts,
        Word2VecTrainer trainer,
        PhraseArguments.Choice? phrases
    )
    {
        using var progress = new ProgressLine(run.Terminal);
        texts.Progress = count =>
            progress.Report(double.NaN, string.Create(CultureInfo.InvariantCulture, $"{count:N0} texts"));
        // A rare word may be one of a table that training goes on from, and it parts the words of a phrase.
        int minCount =
            trainer.Start is null && trainer.SubwordStart is null && phrases is null ? trainer.Options.MinCount : 1;
        progress.Begin("counting words");
        var vocabulary = texts.CountWords(minCount);
        progress.End(
            string.Create(
                CultureInfo.InvariantCulture,
                $"counted words: {vocabulary.Count - 1:N0} occur {(minCount == 1 ? "once" : $"{minCount} times")} or "
                    + $"more"
            )
        );
        if (texts.ReservedTokens > 0)
            run.Terminal.Note(
                $"firn: {name}: {texts.ReservedTokens:N0} tokens <unk> and <pad> are no words and were left out"
            );
        if (vocabulary.Count == 1)
            throw new UserError($"{name}: no word occurs {minCount} times; give more text or a smaller --min-count");
        progress.Begin("reading text");
        var ids = texts.Encode(vocabulary);
        progress.End(
            string.Create(
                CultureInfo.InvariantCulture,
                $"read text: {Plural.Of(ids.TotalTokens, "word")} in {Plural.Of(ids.Count, "text")}"
            )
        );
        if (phrases is not null)
            (ids, vocabulary) = PhrasePasses.Join(ids, vocabulary, phrases, progress);
        progress.Begin("word vectors");
        var report = new InlineProgress<Word2VecProgress>(p =>
            progress.Report(
                p.Fraction,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"epoch {p.Epoch}/{p.Epochs}, {p.WordsPerSecond / 1000:N0} thousand words a second"
                        + $"{(double.IsFinite(p.Loss) ? $", loss {p.Loss:F3}" : "")}"
                )
            )
        );
        var model = trainer.Train(ids, vocabulary, report, run.Stop);
        progress.End(
            string.Create(
                CultureInfo.InvariantCulture,
                $"word vectors: {model.Vectors.Count:N0} words of {model.Vectors.Dimension} dimensions"
            )
        );
        return model;
    }
}
