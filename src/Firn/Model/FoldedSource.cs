using Firn.Layers;

namespace Firn.Model;

/// <summary>Feeds the layers on the embedding with folded rows, in scoring; the memory of one worker.</summary>
internal sealed unsafe class FoldedSource(ModelLayers layers, PadStates? pads) : EmbeddingSource
{
    private int[] _rows = [],
        _reversed = [];
    private nint[] _stored = []; // native addresses, pinned

    /// <summary>By the layers' readers.</summary>
    public FoldedTable?[] Tables { get; set; } = [];

    /// <summary>Room for the table's row of each token, in the order of a layout read forward.</summary>
    public Span<int> RowsFor(int tokens)
    {
        if (_rows.Length < tokens)
        {
            _rows = new int[tokens + tokens / 4];
            _reversed = new int[_rows.Length];
            _stored = GC.AllocateUninitializedArray<nint>(_rows.Length, pinned: true);
        }
        return _rows.AsSpan(0, tokens);
    }

    public override void Forward(ShardWorkspace work, SequenceLayer layer, SequenceTape tape, in LayerPass pass)
    {
        RaggedLayout layout = work.Layout;
        ReadOnlySpan<int> rows = layer.Reversed ? Reversed(layout) : _rows.AsSpan(0, layout.Tokens);
        if (Tables[layer.Reader] is not { } table)
        {
            CopyRows(rows, layout, layer, tape);
            return;
        }
        if (layer is LstmLayer { IsUsual: true } lstm)
        {
            ScoringLstm.Forward(lstm, table, pads, layout, rows, _stored, (LstmTape)tape);
            return;
        }
        tape.Reserve(layout, layer);
        pads?.Enter(layer, layout, tape);
        int width = layer.Map.Columns;
        for (int i = 0; i < rows.Length; i++)
        {
            float* to = tape.Sums + (long)i * width;
            table.Copy(table.Locate(rows[i], to), to);
        }
        layer.Forward(layout, tape);
    }

    public override void Begin(ShardWorkspace work, SequenceLayer layer, SequenceTape tape) =>
        pads?.Enter(layer, work.Layout, tape);

    /// <summary>For a layer that reads the embedding as it is.</summary>
    private void CopyRows(ReadOnlySpan<int> rows, RaggedLayout layout, SequenceLayer layer, SequenceTape tape)
    {
        tape.Reserve(layout, layer);
        int width = layer.Map.Columns;
        ReadOnlySpan<float> table = layers.Embedding.InPlace.Span;
        for (int i = 0; i < rows.Length; i++)
            table.Slice(rows[i] * width, width).CopyTo(new Span<float>(tape.Sums + (long)i * width, width));
        layer.Forward(layout, tape);
    }

    private Span<int> Reversed(RaggedLayout layout)
    {
        for (int i = 0; i < layout.Texts; i++)
        {
            for (int p = 0; p < layout.LengthOf(i); p++)
                _reversed[layout.RowOf(i, p, true)] = _rows[layout.RowOf(i, p, false)];
        }
        return _reversed.AsSpan(0, layout.Tokens);
    }
}
