using Firn.Data;
using Firn.Layers;
using Firn.Model;
using Firn.Recipes;
using Firn.Text;
using Firn.Training;
using Firn.Vectors;
using Firn.Vectors.Formats;
using Firn.Vectors.Training;

namespace Firn;

public sealed partial class Recipe
{
    private EmbeddingTable Vectors(
        CorpusParts parts,
        Checkpoint? checkpoint,
        LabelMap labels,
        StageClock clock,
        CancellationToken cancellation
    )
    {
        if (Options.VectorsPath is null && Start is null)
            CheckMemory(parts, labels, null);
        clock.Begin(RecipeStage.Vectors);
        if (checkpoint?.ReadTable() is { } kept)
        {
            clock.End(
                $"{Counted.Of(CountVectors(kept), "vector")} of {kept.Dimension} dimensions, from {checkpoint.FilePath}"
            );
            return kept;
        }
        EmbeddingTable table = MakeTable(parts, clock, cancellation, known => CheckMemory(parts, labels, known));
        clock.End(
            $"{Counted.Of(CountVectors(table), "vector")} of {table.Dimension} dimensions"
                + $"{(Options.From is { } bundle ? $", from {bundle}" : "")}"
        );
        return table;
    }

    /// <summary>
    /// The table for a vocabulary: of the bundle, of a file, or of vectors trained on the training texts.
    /// </summary>
    /// <param name="parts">Vocabulary and training texts.</param>
    /// <param name="clock">Told of progress.</param>
    /// <param name="cancellation">Ends with an exception.</param>
    /// <param name="check">Told of vectors that are there already, before the table is made; null for nobody.</param>
    private EmbeddingTable MakeTable(
        CorpusParts parts,
        StageClock clock,
        CancellationToken cancellation,
        Action<KnownVectors>? check = null
    )
    {
        if (Start is not null)
        {
            EmbeddingTable table = StartTable(Start, parts);
            check?.Invoke(KnownVectors.Of(table));
            return table;
        }
        string[] words = WordsOf(parts);
        WordVectors vectors = Options.VectorsPath is { } path
            ? LoadVectors(path, words)
            : TrainVectors(parts, words, new VectorProgress(clock), cancellation);
        if (!Enumerable.Range(1, parts.SeenWords).Any(id => vectors.TryGetRow(parts.Vocabulary[id], out _)))
            throw new InvalidDataException(
                $"{Options.VectorsPath} has a vector for none of the {parts.SeenWords} words of the texts; choose "
                    + $"vectors of their language."
            );
        if (Options.VectorsPath is not null)
            check?.Invoke(KnownVectors.Of(vectors, parts.Vocabulary));
        var made = EmbeddingTable.From(parts.Vocabulary, vectors, Options.OwnRows);
        return Options.Classifier.Multichannel ? made.TwoChannels() : made;
    }

    private static PretrainedRows Moved(TrainingResult training, EmbeddingTable table) =>
        training.StartRows is { } start
            ? PretrainedRows.Between(start, table)
            : new PretrainedRows([], default, table.Dimension);

    private static string[] WordsOf(CorpusParts parts) =>
        [.. Enumerable.Range(1, parts.Vocabulary.Count - 1).Select(id => parts.Vocabulary[id])];

    private static WordVectors LoadVectors(string path, string[] words) =>
        FastTextVectors.IsModel(path)
            ? FastTextVectors.Load(path).ToWordVectors(words)
            : WordVectors.Load(path, new VectorLoadOptions { Only = [.. words] });

    /// <summary>With subwords, words too rare for a row of their own have vectors as well.</summary>
    private WordVectors TrainVectors(
        CorpusParts parts,
        string[] words,
        IProgress<Word2VecProgress> progress,
        CancellationToken cancellation
    )
    {
        Word2VecModel model = new Word2VecTrainer(Options.Word2Vec).Train(
            parts.WordVectorTexts,
            parts.Vocabulary,
            progress,
            cancellation
        );
        return model.Subwords?.ToWordVectors(words) ?? model.Vectors;
    }

    private EmbeddingTable StartTable(WarmStart start, CorpusParts parts)
    {
        int? least = Options.Training.Schedule.EverTrains(ParameterGroup.Embedding) ? Options.Word2Vec.MinCount : null;
        return start.Table(parts.Vocabulary.Count, parts.Train.Texts, Options.Training.Seed, least);
    }

    private void CheckMemory(CorpusParts parts, LabelMap labels, KnownVectors? known)
    {
        if (MemoryLimit is { } limit)
            MemoryBudget.Check(new MemoryForecaster(parts, labels.Names.Count, known), Options, limit);
    }

    private static int CountVectors(EmbeddingTable table) =>
        Enumerable.Range(1, table.VocabularySize - 1).Count(id => table.VectorOf(id).ContainsAnyExcept(0f));

    /// <summary>The table of word vectors; null when cancelled.</summary>
    private EmbeddingTable? TryMakeTable(CorpusParts parts, StageClock clock, CancellationToken cancellation)
    {
        try
        {
            return MakeTable(parts, clock, cancellation);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private sealed class VectorProgress(StageClock clock) : IProgress<Word2VecProgress>
    {
        public void Report(Word2VecProgress value) =>
            clock.Tell(
                value.Fraction,
                () => $"epoch {value.Epoch} of {value.Epochs}, {value.WordsPerSecond / 1e6:f2} M words/s"
            );
    }
}
