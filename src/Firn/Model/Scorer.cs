using System.Collections.Concurrent;
using Firn.Files;
using Firn.Kernels;
using Firn.Layers;
using Firn.Text;

namespace Firn.Model;

/// <summary>
/// A classifier's weights as they are now, prepared for scoring: recurrent weights packed, and the embedding folded
/// with the input weights of the layers that read it, so that an LSTM's token costs 4H*H multiply-adds instead of
/// 4H*(E+H). After further training it refuses to score, for what it folded is no longer the model: make another. Safe
/// for many threads, each with a workspace of its own; no locks.
/// </summary>
public sealed unsafe class Scorer
{
    private const int TextsPerPiece = WorkspaceMemory.ScoredAtATime;
    private const int PaddedTexts = 4096; // of a call of a model of padded texts: bounds the memory of the pads
    private const int TokensPerFold = 1 << 20; // of a call without a folded table: bounds the memory of its own folding

    private readonly TextClassifier _model;
    private readonly ModelLayers _layers;

    // by the layers that read the embedding; null for one that reads it as it is
    private readonly FoldedTable?[]? _folded;
    private readonly PadStates? _pads;
    private readonly int _columns;
    private readonly long _version; // of the weights
    private readonly ConcurrentBag<ScoringWorkspace> _free = []; // a batch after the other uses the same memory

    /// <summary>Packs, and folds or makes room for it.</summary>
    /// <param name="model">Its pooling and dense weights are shared, the others copied.</param>
    /// <param name="precision">How the folded table is kept; see <see cref="FoldedBytes"/> for what it costs.</param>
    /// <param name="threads">Threads that fold; 0 for all of the machine. The result does not depend on it.</param>
    /// <param name="time">Whether rows are folded now or at first use.</param>
    public Scorer(
        TextClassifier model,
        FoldPrecision precision = FoldPrecision.Float32,
        int threads = 0,
        FoldTime time = FoldTime.Ahead
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        using MappedHold hold = model.Embedding.Hold();
        _model = model;
        _version = model.Version;
        Precision = precision;
        _columns = model.Options.OutputSize;
        _layers = new ModelLayers(model, trains: false);
        _layers.PackForward();
        foreach (SequenceLayer layer in _layers.OnEmbedding)
        {
            layer.Map.Pack();
            (layer as LstmLayer)?.PackScoring();
        }
        if (_layers.PadsLeadToStates)
            _pads = new PadStates(_layers, _layers.Padding!.Rule.Length);
        if (precision != FoldPrecision.None && time == FoldTime.AtFirstUse)
        {
            _folded =
            [
                .. _layers.OnEmbedding.Select(layer =>
                    layer.Map.IsIdentity ? null : FoldedTable.AtFirstUse(layer.Map, model.Embedding, precision)
                ),
            ];
        }
        else if (precision != FoldPrecision.None)
        {
            int[] all = [.. Enumerable.Range(0, model.Embedding.RowCount)];
            _folded = Fold(all, [], threads > 0 ? threads : Environment.ProcessorCount);
        }
    }

    /// <summary>How the folded table is kept.</summary>
    public FoldPrecision Precision { get; }

    /// <summary>
    /// Memory of the folded table at present: of R rows of 4H values a direction, those that are folded or have room.
    /// </summary>
    public long FoldedBytes => _folded?.Sum(table => table?.Bytes ?? 0) ?? 0;

    /// <summary>Whether the model was not trained since.</summary>
    internal bool IsCurrent => _version == _model.Version;

    /// <summary>A workspace for <see cref="Score(ReadOnlySpan{int}, ScoringWorkspace, Span{float})"/>.</summary>
    public ScoringWorkspace CreateWorkspace() => new(_layers, _pads);

    /// <summary>
    /// Scores one text; allocates nothing once the workspace has seen a text as long. Needs a folded table.
    /// </summary>
    /// <param name="ids">Token ids in [0, V); may be empty.</param>
    /// <param name="workspace">Used by nobody else meanwhile.</param>
    /// <param name="probabilities">Destination [K].</param>
    /// <exception cref="InvalidOperationException">
    /// The scorer was made without folding, or the model was trained since.
    /// </exception>
    public void Score(ReadOnlySpan<int> ids, ScoringWorkspace workspace, Span<float> probabilities) =>
        Score(ids, [], workspace, probabilities);

    /// <summary>Scores one text with what the model reads in its words that have no id.</summary>
    /// <param name="ids">Token ids in [0, V); may be empty.</param>
    /// <param name="unseen">Its row of <see cref="RaggedIds.Unseen"/>; empty for nothing.</param>
    /// <param name="workspace">Used by nobody else meanwhile.</param>
    /// <param name="probabilities">Destination [K].</param>
    /// <exception cref="InvalidOperationException">
    /// The scorer was made without folding, or the model was trained since.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The bundle that the model was loaded from was disposed of.</exception>
    public void Score(
        ReadOnlySpan<int> ids,
        ReadOnlySpan<float> unseen,
        ScoringWorkspace workspace,
        Span<float> probabilities
    )
    {
        ArgumentNullException.ThrowIfNull(workspace);
        Throw.IfLengthDiffers(probabilities.Length, _columns);
        CheckUnseen(unseen.Length, 1);
        if (_folded is null)
            throw new InvalidOperationException(
                "Single texts need a folded table; make the scorer with Float32, Float16 or BFloat16."
            );
        CheckCurrent();
        CheckIds(ids);
        using MappedHold hold = _model.Embedding.Hold();
        if (GivesPrior(ids.Length, unseen, probabilities))
            return;
        ReadOnlySpan<int> read = ids;
        if (_layers.Padding is { } padding)
        {
            Span<int> room = workspace.IdsFor(padding.LengthOf(ids.Length, FillsPads));
            read = room[..padding.Write(ids, room, FillsPads)];
        }
        workspace.Shard.Layout.Build([read.Length]);
        Span<int> rows = workspace.Source.RowsFor(read.Length);
        ReadOnlySpan<int> rowOf = _model.Embedding.RowOf;
        for (int p = 0; p < read.Length; p++)
            rows[p] = rowOf[read[p]]; // one text: a row a step
        workspace.Source.Tables = _folded;
        _layers.Forward(workspace.Shard, new LayerPass(default, default, workspace.Source));
        _model.LinearBranch?.AddLogits(ids, workspace.Shard.LogitsOf(0), workspace.LinearBranch, unseen);
        Losses.Probabilities(workspace.Shard.LogitsOf(0), probabilities, _model.Options.MultiLabel);
    }

    /// <summary>Scores one text in a workspace of the scorer's own.</summary>
    internal void ScoreOne(ReadOnlySpan<int> ids, ReadOnlySpan<float> unseen, Span<float> probabilities)
    {
        ScoringWorkspace workspace = _free.TryTake(out ScoringWorkspace? free) ? free : CreateWorkspace();
        Score(ids, unseen, workspace, probabilities);
        _free.Add(workspace);
    }

    /// <summary>Scores texts, sorted by length and shared by threads.</summary>
    /// <param name="texts">N texts as token ids in [0, V); may be empty.</param>
    /// <param name="probabilities">Destination [N,K], in the texts' order.</param>
    /// <param name="threads">Threads to use; 0 for all of the machine.</param>
    /// <exception cref="InvalidOperationException">The model was trained since the scorer was made.</exception>
    /// <exception cref="ObjectDisposedException">The bundle that the model was loaded from was disposed of.</exception>
    public void Score(RaggedIds texts, Span<float> probabilities, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(texts);
        Throw.IfLengthDiffers(probabilities.Length, (long)texts.Count * _columns);
        CheckCurrent();
        CheckIds(texts.Ids);
        using MappedHold hold = _model.Embedding.Hold();
        CheckUnseen(texts.Unseen?.Length ?? 0, texts.Count);
        threads = threads > 0 ? threads : Environment.ProcessorCount;
        var plan = new BatchPlan(1, 1, 1);
        int from = 0;
        while (from < texts.Count)
        {
            int count = texts.Count - from;
            if (_layers.Padding is not null)
                count = Math.Min(count, PaddedTexts);
            if (_folded is null && texts.TotalTokens > TokensPerFold)
                count = Math.Min(count, TextsWithin(texts, from));
            Part part = _layers.Padding is { } padding
                ? new Part(texts, from, padding.Write(texts, from..(from + count), FillsPads), 0)
                : new Part(texts, from, texts, from);
            plan.Build(part.Read, [.. Enumerable.Range(part.ReadFrom, count)]);
            fixed (float* destination = probabilities)
                Run(part, plan, _folded ?? FoldOnly(part.Read, part.ReadFrom, count, threads), threads, destination);
            from += count;
        }
    }

    /// <summary>Whether texts get pads: not where the states are known that they lead to.</summary>
    private bool FillsPads => _pads is null;

    private void Run(Part part, BatchPlan plan, FoldedTable?[] tables, int threads, float* probabilities)
    {
        int pieces = (plan.Count + TextsPerPiece - 1) / TextsPerPiece;
        var workers = new ScoringWorkspace[Math.Min(threads, pieces)];
        for (int i = 0; i < workers.Length; i++)
        {
            workers[i] = _free.TryTake(out ScoringWorkspace? free) ? free : CreateWorkspace();
            workers[i].Source.Tables = tables;
        }
        Workers.Run(
            pieces,
            workers.Length,
            (piece, worker) =>
            {
                int from = piece * TextsPerPiece,
                    count = Math.Min(TextsPerPiece, plan.Count - from);
                ReadOnlySpan<int> textOf = plan.Text.AsSpan(from, count);
                ShardWorkspace shard = workers[worker].Shard;
                shard.Layout.Build(plan.Length.AsSpan(from, count));
                FindRows(part.Read, textOf, shard.Layout, workers[worker].Source.RowsFor(shard.Layout.Tokens));
                _layers.Forward(shard, new LayerPass(default, default, workers[worker].Source));
                for (int i = 0; i < count; i++)
                {
                    int text = textOf[i] - part.ReadFrom + part.From;
                    var row = new Span<float>(probabilities + (long)text * _columns, _columns);
                    ReadOnlySpan<float> unseen = part.Texts.UnseenOf(text);
                    if (GivesPrior(part.Texts.LengthOf(text), unseen, row))
                        continue;
                    _model.LinearBranch?.AddLogits(
                        part.Texts[text],
                        shard.LogitsOf(i),
                        workers[worker].LinearBranch,
                        unseen
                    );
                    Losses.Probabilities(shard.LogitsOf(i), row, _model.Options.MultiLabel);
                }
            }
        );
        foreach (ScoringWorkspace worker in workers)
            _free.Add(worker);
    }

    /// <summary>The table's row of each token, in the order of the layout read forward.</summary>
    private void FindRows(RaggedIds texts, ReadOnlySpan<int> textOf, RaggedLayout layout, Span<int> rows)
    {
        ReadOnlySpan<int> rowOf = _model.Embedding.RowOf;
        for (int i = 0; i < textOf.Length; i++)
        {
            ReadOnlySpan<int> ids = texts[textOf[i]];
            for (int p = 0; p < ids.Length; p++)
                rows[layout.RowOf(i, p, false)] = rowOf[ids[p]];
        }
    }

    /// <summary>Texts of a call that are scored together, and how the model reads them.</summary>
    /// <param name="Texts">All texts as they were given.</param>
    /// <param name="From">The first of them.</param>
    /// <param name="Read">Texts as they are read: the same, or padded.</param>
    /// <param name="ReadFrom">The first of those.</param>
    private readonly record struct Part(RaggedIds Texts, int From, RaggedIds Read, int ReadFrom);

    /// <summary>Folds the rows of these texts' words, each once.</summary>
    private FoldedTable?[] FoldOnly(RaggedIds texts, int from, int count, int threads)
    {
        ReadOnlySpan<int> rowOf = _model.Embedding.RowOf;
        var placeOf = new int[_model.Embedding.RowCount];
        var rows = new List<int>();
        Array.Fill(placeOf, -1);
        foreach (int id in texts.Ids.AsSpan(texts.Offsets[from]..texts.Offsets[from + count]))
        {
            ref int place = ref placeOf[rowOf[id]];
            if (place >= 0)
                continue;
            place = rows.Count;
            rows.Add(rowOf[id]);
        }
        return Fold([.. rows], placeOf, threads);
    }

    private FoldedTable?[] Fold(int[] rows, int[] placeOf, int threads) =>
        [
            .. _layers.OnEmbedding.Select(layer =>
                layer.Map.IsIdentity
                    ? null
                    : FoldedTable.Ahead(
                        layer.Map,
                        _model.Embedding,
                        rows,
                        placeOf,
                        Precision == FoldPrecision.None ? FoldPrecision.Float32 : Precision,
                        threads
                    )
            ),
        ];

    private static int TextsWithin(RaggedIds texts, int from)
    {
        int end = from + 1;
        while (end < texts.Count && texts.Offsets[end + 1] - texts.Offsets[from] <= TokensPerFold)
            end++;
        return end - from;
    }

    private void CheckCurrent()
    {
        if (!IsCurrent)
            throw new InvalidOperationException(
                "The model was trained since this scorer packed and folded its weights; make another scorer."
            );
    }

    /// <summary>Gives a text that says nothing the prior, where the model has one.</summary>
    private bool GivesPrior(int ids, ReadOnlySpan<float> unseen, Span<float> probabilities)
    {
        if (_model.PriorValues.IsEmpty || !RaggedIds.HasNoKnownToken(ids, unseen))
            return false;
        _model.PriorValues.CopyTo(probabilities);
        return true;
    }

    private void CheckUnseen(int values, int texts)
    {
        if (values > 0)
            Throw.IfLengthDiffers(values, (long)texts * (_columns + 1), "unseen");
    }

    private void CheckIds(ReadOnlySpan<int> ids)
    {
        int size = _model.Embedding.VocabularySize;
        foreach (int id in ids)
        {
            if ((uint)id >= (uint)size)
                throw new ArgumentException($"Token id {id} is outside the vocabulary of {size} rows.", nameof(ids));
        }
    }
}
