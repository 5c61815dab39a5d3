using Firn.Kernels;
using Firn.Vectors.Search;

namespace Firn.Vectors.Evaluation;

/// <summary>
/// Word categories: cluster the vectors, and see how pure the clusters are (Almuhareb and Poesio 2005).
/// </summary>
internal static class CategoryTest
{
    private const int Starts = 10,
        Rounds = 100;

    public static CategorizationScore Run(Similarity vectors, string path, EvaluationOptions options)
    {
        var words = new EvaluationWords(vectors.Vectors, options);
        List<int> rows = [],
            labels = [];
        List<string> categories = [];
        int unknown = 0;
        foreach (string line in TestLines.Of(path).Skip(1))
        {
            string[] fields = line.Split(',');
            if (fields.Length < 3)
                continue;
            int row = words.RowOf(fields[^1]);
            if (row < 0)
            {
                unknown++;
                continue;
            }
            string category = string.Join(',', fields[1..^1]);
            if (!categories.Contains(category))
                categories.Add(category);
            rows.Add(row);
            labels.Add(categories.IndexOf(category));
        }
        if (rows.Count == 0)
            Throw.BadFile(
                path,
                "end of file",
                "none of its words has a vector",
                "Lines must be ',category,word' under a header; check the words' case and language"
            );
        int[] clusters = Cluster(vectors.Table, [.. rows], categories.Count);
        return new CategorizationScore(
            Purity(clusters, [.. labels], categories.Count),
            rows.Count,
            categories.Count,
            unknown
        );
    }

    /// <summary>Sum over clusters of the count of their most frequent category, over all words.</summary>
    internal static double Purity(int[] clusters, int[] labels, int categories)
    {
        var counts = new Dictionary<int, int[]>();
        for (int i = 0; i < clusters.Length; i++)
        {
            if (!counts.TryGetValue(clusters[i], out int[]? row))
                counts[clusters[i]] = row = new int[categories];
            row[labels[i]]++;
        }
        return (double)counts.Values.Sum(row => row.Max()) / clusters.Length;
    }

    /// <summary>
    /// k-means on unit vectors (Lloyd 1982; seeds by k-means++, Arthur and Vassilvitskii 2007), best of several starts.
    /// </summary>
    private static int[] Cluster(UnitTable table, int[] rows, int k)
    {
        int[] best = new int[rows.Length];
        double bestScore = double.NegativeInfinity;
        for (int start = 0; start < Starts; start++)
        {
            float[][] centres = Seeds(table, rows, k, new CounterRandom(1).Derive((ulong)start));
            var clusters = new int[rows.Length];
            double score = double.NegativeInfinity;
            for (int round = 0; round < Rounds; round++)
            {
                double next = Assign(table, rows, centres, clusters);
                if (next <= score + 1e-9)
                    break;
                score = next;
                for (int c = 0; c < k; c++)
                {
                    int[] members = [.. rows.Where((_, i) => clusters[i] == c)];
                    if (members.Length > 0)
                        centres[c] = table.Mean(members, []);
                }
            }
            if (score > bestScore)
                (best, bestScore) = (clusters, score);
        }
        return best;
    }

    /// <summary>
    /// Each next centre is a row drawn with probability proportional to its squared distance from the nearest centre.
    /// </summary>
    private static float[][] Seeds(UnitTable table, int[] rows, int k, CounterRandom random)
    {
        var centres = new List<float[]> { table[rows[random.Below(0, rows.Length)]].ToArray() };
        while (centres.Count < k)
        {
            double[] distances =
            [
                .. rows.Select(row =>
                    Math.Max(0, 2 - 2 * centres.Max(centre => (double)UnitTable.Dot(table[row], centre)))
                ),
            ];
            double left = distances.Sum() * random.UniformDouble((ulong)centres.Count);
            int chosen = 0;
            while (chosen < rows.Length - 1 && (left -= distances[chosen]) > 0)
                chosen++;
            centres.Add(table[rows[chosen]].ToArray());
        }
        return [.. centres];
    }

    private static double Assign(UnitTable table, int[] rows, float[][] centres, int[] clusters)
    {
        double sum = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            float best = float.NegativeInfinity;
            for (int c = 0; c < centres.Length; c++)
            {
                float cosine = UnitTable.Dot(table[rows[i]], centres[c]);
                if (cosine > best)
                    (best, clusters[i]) = (cosine, c);
            }
            sum += best;
        }
        return sum;
    }
}
