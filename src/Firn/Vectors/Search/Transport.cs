namespace Firn.Vectors.Search;

/// <summary>
/// The transportation problem: the least cost of carrying goods from sources to sinks. Shortest augmenting paths with
/// potentials, dense Dijkstra (Ahuja, Magnanti and Orlin 1993, "Network Flows", 9.7); amounts are whole, so it ends and
/// is exact.
/// </summary>
internal static class Transport
{
    /// <summary>Solves.</summary>
    /// <param name="costs">Of one unit from source to sink, not negative, [sources, sinks].</param>
    /// <param name="supply">Units at each source.</param>
    /// <param name="demand">Units at each sink; as many together.</param>
    public static double Least(double[,] costs, long[] supply, long[] demand)
    {
        int n = supply.Length,
            m = demand.Length;
        long[] left = [.. supply],
            open = [.. demand];
        var flow = new long[n, m];
        var potential = new double[n + m];
        for (long rest = supply.Sum(); rest > 0; )
        {
            var path = ShortestPath(costs, flow, left, open, potential);
            long carried = Math.Min(open[path[^1] - n], left[path[0]]);
            for (int step = 1; step + 1 < path.Count; step += 2)
                carried = Math.Min(carried, flow[path[step + 1], path[step] - n]);
            for (int step = 0; step + 1 < path.Count; step += 2)
                flow[path[step], path[step + 1] - n] += carried;
            for (int step = 1; step + 1 < path.Count; step += 2)
                flow[path[step + 1], path[step] - n] -= carried;
            left[path[0]] -= carried;
            open[path[^1] - n] -= carried;
            rest -= carried;
        }
        double total = 0;
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < m; j++)
                total += flow[i, j] * costs[i, j];
        }
        return total;
    }

    /// <summary>
    /// Nodes from a source with goods left to a sink that is open, sources and sinks in turn; sinks count from n on.
    /// </summary>
    private static List<int> ShortestPath(double[,] costs, long[,] flow, long[] left, long[] open, double[] potential)
    {
        int n = left.Length,
            m = open.Length;
        var distance = new double[n + m];
        var from = new int[n + m];
        var done = new bool[n + m];
        for (int node = 0; node < n + m; node++)
            (distance[node], from[node]) = (node < n && left[node] > 0 ? 0 : double.PositiveInfinity, -1);
        int end = -1;
        while (end < 0)
        {
            int node = -1;
            for (int i = 0; i < n + m; i++)
            {
                if (!done[i] && (node < 0 || distance[i] < distance[node]))
                    node = i;
            }
            done[node] = true;
            if (node >= n && open[node - n] > 0)
                end = node;
            else
                Relax(node);
        }
        // Where the search ended early the nodes beyond keep their order by the end's distance.
        for (int node = 0; node < n + m; node++)
            potential[node] += Math.Min(distance[node], distance[end]);
        var path = new List<int>();
        for (int node = end; node >= 0; node = from[node])
            path.Add(node);
        path.Reverse();
        return path;

        void Relax(int node)
        {
            for (int other = node < n ? n : 0; other < (node < n ? n + m : n); other++)
            {
                if (done[other] || (node >= n && flow[other, node - n] == 0))
                    continue;
                double cost = node < n ? costs[node, other - n] : -costs[other, node - n];
                double through = distance[node] + Math.Max(0, cost + potential[node] - potential[other]);
                if (through < distance[other])
                    (distance[other], from[other]) = (through, node);
            }
        }
    }
}
