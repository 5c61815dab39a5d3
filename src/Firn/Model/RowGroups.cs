using Firn.Layers;
using Firn.Text;

namespace Firn.Model;

/// <summary>
/// The distinct rows of the table in a batch, in order of first sight behind row 0, which always is group 0; and the
/// tokens of each, in the plan's order. Sums over a group's tokens in this order are the same on any number of threads.
/// </summary>
internal sealed class RowGroups(EmbeddingTable table)
{
    private readonly int[] _groupOfRow = new int[table.RowCount]; // group of a row in the batch, else 0
    private int[] _rows = [0];
    private int[] _groupOfToken = [];
    private int[] _starts = [0, 0];
    private int[] _order = [];

    /// <summary>Distinct rows, row 0 counted whether it occurs or not.</summary>
    public int Count { get; private set; } = 1;

    /// <summary>Row of each group, [Count].</summary>
    public ReadOnlySpan<int> Rows => _rows.AsSpan(0, Count);

    /// <summary>Group of each token, text after text in the plan's order.</summary>
    public ReadOnlySpan<int> GroupOfToken => _groupOfToken;

    /// <summary>The tokens of a group, rising.</summary>
    public ReadOnlySpan<int> TokensOf(int group) => _order.AsSpan(_starts[group].._starts[group + 1]);

    public void Build(RaggedIds texts, BatchPlan plan)
    {
        Forget();
        Reserve(checked((int)plan.Tokens));
        int token = 0;
        for (int i = 0; i < plan.Count; i++)
        {
            foreach (int id in texts[plan.Text[i]])
            {
                int row = table.RowOf[id];
                ref int group = ref _groupOfRow[row];
                if (group == 0 && row != 0)
                {
                    group = Count;
                    _rows[Count++] = row;
                }
                _groupOfToken[token++] = group;
            }
        }
        Order(token);
    }

    private void Forget()
    {
        foreach (int row in Rows)
            _groupOfRow[row] = 0;
        Count = 1;
    }

    private void Reserve(int tokens)
    {
        if (_groupOfToken.Length >= tokens)
            return;
        int capacity = tokens + tokens / 8;
        _groupOfToken = new int[capacity];
        _order = new int[capacity];
        _rows = new int[capacity + 1];
        _starts = new int[capacity + 2];
    }

    /// <summary>A counting sort of the tokens by group.</summary>
    private void Order(int tokens)
    {
        Span<int> ends = _starts.AsSpan(0, Count + 1);
        ends.Clear();
        foreach (int group in _groupOfToken.AsSpan(0, tokens))
            ends[group]++;
        int sum = 0;
        foreach (ref int end in ends)
        {
            sum += end;
            end = sum;
        }
        for (int token = tokens - 1; token >= 0; token--)
            _order[--_starts[_groupOfToken[token]]] = token;
    }
}
