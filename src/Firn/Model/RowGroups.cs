using Firn.Layers;
using Firn.Text;

namespace Firn.Model;

/// <summary>
/// The distinct rows of the table in a batch, in order of first sight behind row 0, which always is group 0; and the
/// tokens of each, in the plan's order. Sums over a group's tokens in this order are the same on any number of threads.
/// </summary>
internal sealed class RowGroups(EmbeddingTable table)
{
    private readonly int[] groupOfRow = new int[table.RowCount]; // group of a row in the batch, else 0
    private int[] rows = [0];
    private int[] groupOfToken = [];
    private int[] starts = [0, 0];
    private int[] order = [];

    /// <summary>Distinct rows, row 0 counted whether it occurs or not.</summary>
    public int Count { get; private set; } = 1;

    /// <summary>Row of each group, [Count].</summary>
    public ReadOnlySpan<int> Rows => rows.AsSpan(0, Count);

    /// <summary>Group of each token, text after text in the plan's order.</summary>
    public ReadOnlySpan<int> GroupOfToken => groupOfToken;

    /// <summary>The tokens of a group, rising.</summary>
    public ReadOnlySpan<int> TokensOf(int group) => order.AsSpan(starts[group]..starts[group + 1]);

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
                ref int group = ref groupOfRow[row];
                if (group == 0 && row != 0)
                {
                    group = Count;
                    rows[Count++] = row;
                }
                groupOfToken[token++] = group;
            }
        }
        Order(token);
    }

    private void Forget()
    {
        foreach (int row in Rows)
            groupOfRow[row] = 0;
        Count = 1;
    }

    private void Reserve(int tokens)
    {
        if (groupOfToken.Length >= tokens)
            return;
        int capacity = tokens + tokens / 8;
        groupOfToken = new int[capacity];
        order = new int[capacity];
        rows = new int[capacity + 1];
        starts = new int[capacity + 2];
    }

    /// <summary>A counting sort of the tokens by group.</summary>
    private void Order(int tokens)
    {
        Span<int> ends = starts.AsSpan(0, Count + 1);
        ends.Clear();
        foreach (int group in groupOfToken.AsSpan(0, tokens))
            ends[group]++;
        int sum = 0;
        foreach (ref int end in ends)
        {
            sum += end;
            end = sum;
        }
        for (int token = tokens - 1; token >= 0; token--)
            order[--starts[groupOfToken[token]]] = token;
    }
}
