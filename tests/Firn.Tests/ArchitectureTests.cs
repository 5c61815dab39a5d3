namespace Firn.Tests;

/// <summary>Keeps the library's direction: which part may know which, read from the compiled types.</summary>
public class ArchitectureTests
{
    /// <summary>Each part knows only parts above it in this list; docs/architecture.md tells the story.</summary>
    private static readonly string[] Order =
    [
        "Firn.Common",
        "Firn.Files",
        "Firn.Kernels",
        "Firn.Numerics",
        "Firn.Safetensors",
        "Firn.Text",
        "Firn.Data",
        "Firn.Vectors.Storage",
        "Firn.Vectors.Subwords",
        "Firn.Vectors.Formats",
        "Firn.Vectors.Search",
        "Firn.Vectors",
        "Firn.Vectors.Training",
        "Firn.Vectors.Evaluation",
        "Firn.Linear",
        "Firn.Layers",
        "Firn.Model",
        "Firn.Evaluation",
        "Firn.Bundles",
        "Firn.Training",
        "Firn.Recipes",
        "Firn",
        "Firn.Baselines",
        "Firn.Audit",
        "Firn.Explain",
        "Firn.Tuning",
        "Firn.Drift",
        "Firn.Study",
    ];

    [Fact]
    public void Each_part_knows_only_those_below_it()
    {
        NamespaceGraph graph = NamespaceGraph.Of(typeof(Recipe).Assembly);
        Assert.True(graph.Edges.Count > 50, $"only {graph.Edges.Count} edges were found");
        var offences = new List<string>();
        foreach (((string from, string to), SortedSet<string> types) in graph.Edges)
        {
            foreach (string unknown in new[] { from, to }.Where(n => IsOurs(n) && !Order.Contains(n)))
                offences.Add($"add '{unknown}' to the order of this test");
            if (IsOurs(from) && IsOurs(to) && Array.IndexOf(Order, from) < Array.IndexOf(Order, to))
                offences.Add($"{from} knows {to}: {string.Join(", ", types.Take(8))}");
        }
        Assert.Empty(offences.Distinct());
    }

    [Theory]
    [InlineData(typeof(Recipe))]
    public void No_namespaces_know_each_other_in_circles(Type type)
    {
        NamespaceGraph graph = NamespaceGraph.Of(type.Assembly);
        string edges = string.Join(
            '\n',
            graph
                .Edges.Where(e => graph.Cycles().Any(c => c.Contains(e.Key.From) && c.Contains(e.Key.To)))
                .Select(e => $"{e.Key.From} to {e.Key.To}: {string.Join(", ", e.Value.Take(8))}")
        );
        Assert.True(graph.Cycles().Count == 0, edges);
    }

    private static bool IsOurs(string name) => name == "Firn" || name.StartsWith("Firn.", StringComparison.Ordinal);

    [Fact]
    public void Lines_end_at_120_characters()
    {
        string root = Repository.Root();
        string[] folders = [Path.Combine(root, "src"), Path.Combine(root, "bench")];
        Assert.Empty(
            folders
                .SelectMany(f => Directory.EnumerateFiles(f, "*.cs", SearchOption.AllDirectories))
                .SelectMany(f => File.ReadLines(f).Select((line, i) => (File: f, Line: line, Number: i + 1)))
                .Where(l => l.Line.Length > 120)
                .Select(l => $"{Path.GetRelativePath(root, l.File)}:{l.Number}")
        );
    }
}
