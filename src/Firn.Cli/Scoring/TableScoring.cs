using System.Buffers;
using System.Globalization;
using Firn.Cli.Output;

namespace Firn.Cli.Scoring;

/// <summary>
/// Scores the rows of a table and writes them with what the model says, in their order and in bounded memory.
/// </summary>
internal sealed class TableScoring(Predictor predictor, RowEncoder encoder, int threads)
{
    private readonly Predictor _predictor = predictor.WithThreads(1); // a batch a thread
    private readonly int _threads = threads > 0 ? threads : Environment.ProcessorCount;

    /// <summary>Scores until the table ends.</summary>
    /// <param name="rows">The table's rows.</param>
    /// <param name="write">Takes whole rows, how many they are, and the hash of the input up to their end.</param>
    /// <param name="header">Whether the output begins here, so that it needs its header.</param>
    /// <param name="progress">Shows how far it is.</param>
    /// <param name="stop">Ends after the rows that are being written.</param>
    public ScoredRows Run(
        RowReader rows,
        Action<ReadOnlyMemory<byte>, int, byte[]> write,
        bool header,
        ProgressLine progress,
        CancellationToken stop
    )
    {
        var sum = new ScoredRows();
        if (header)
        {
            var first = new ArrayBufferWriter<byte>();
            encoder.WriteHeader(first);
            write(first.WrittenMemory, 0, []);
        }
        OrderedPipeline.Run(
            rows.Next,
            Score,
            batch =>
            {
                write(batch.Scored.WrittenMemory, batch.Count, batch.Hash);
                sum.Add(batch);
                rows.Recycle(batch);
                progress.Report(double.NaN, string.Create(CultureInfo.InvariantCulture, $"{sum.Rows:N0} rows"));
            },
            _threads,
            stop
        );
        return sum;
    }

    private RowBatch Score(RowBatch batch)
    {
        IReadOnlyList<Prediction> predictions = _predictor.Predict(batch.Texts);
        for (int i = 0; i < batch.Count; i++)
        {
            bool broken = batch.IsBroken(i);
            encoder.WriteRow(batch, i, broken ? null : predictions[i], batch.Scored);
            if (!broken)
                batch.Note(predictions[i]);
        }
        return batch;
    }
}

/// <summary>What came of a table.</summary>
internal sealed class ScoredRows
{
    public long Rows { get; private set; }

    public long Unknown { get; private set; }

    public long Abstained { get; private set; }

    public void Add(RowBatch batch)
    {
        Rows += batch.Count;
        Unknown += batch.Unknown;
        Abstained += batch.Abstained;
    }
}
