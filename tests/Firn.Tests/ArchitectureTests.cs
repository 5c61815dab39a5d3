using System.Text.RegularExpressions;

namespace Firn.Tests;

/// <summary>
/// Keeps the library's direction: which part may know which. The test reads the
/// <c>using</c> lines of src/Firn.
/// </summary>
public partial class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> Knows = new()
    {
        ["Common"] = [],
        ["Kernels"] = [],
        ["Files"] = [],
        ["Text"] = ["Files"],
        ["Safetensors"] = [],
        ["Vectors"] = ["Kernels", "Files", "Text", "Safetensors"],
        ["Linear"] = ["Kernels", "Text"],
        ["Layers"] = ["Kernels", "Text", "Vectors"],
        ["Model"] = ["Kernels", "Text", "Vectors", "Linear", "Layers"],
        ["Bundles"] = ["Files", "Text", "Safetensors", "Linear", "Layers", "Model"],
        ["Training"] = ["Kernels", "Files", "Text", "Safetensors", "Vectors", "Linear", "Layers", "Model", "Bundles"],
        ["Recipes"] = ["Kernels", "Files", "Text", "Vectors", "Linear", "Layers", "Model", "Bundles", "Training"],
        ["Tuning"] = ["Kernels", "Text", "Linear", "Layers", "Model", "Training", "Recipes"],
        ["Audit"] = ["Text", "Linear", "Training", "Recipes", "Baselines"],
        ["Explain"] = ["Text", "Linear", "Layers", "Model", "Training"],
        ["Baselines"] = ["Text", "Linear", "Training", "Recipes"],
        ["Study"] = ["Recipes", "Kernels", "Text", "Vectors", "Layers", "Model", "Bundles", "Training"],
        // The root: what a user holds, and the whole path.
        ["Prediction.cs"] = [],
        ["LabelRule.cs"] = ["Layers", "Model"],
        ["Predictor.cs"] = ["Text", "Linear", "Layers", "Model", "Bundles"],
        ["Bundle.cs"] = ["Text", "Layers", "Model", "Bundles"],
        ["Recipe.cs"] = ["Text", "Vectors", "Layers", "Model", "Bundles", "Training", "Recipes"],
        ["Recipe.Folds.cs"] = ["Text", "Linear", "Layers", "Model", "Training", "Recipes"],
        ["Recipe.Vectors.cs"] = ["Text", "Vectors", "Layers", "Model", "Training", "Recipes"],
    };

    [GeneratedRegex(@"^(?:global )?using (?:static )?(?:\w+ = )?Firn\.(\w+)", RegexOptions.Multiline)]
    private static partial Regex UsingLine();

    [Fact]
    public void Each_part_knows_only_those_below_it()
    {
        string source = Path.Combine(Repository.Root(), "src", "Firn");
        var offences = new List<string>();
        int files = 0;
        foreach (string file in Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories))
        {
            string relative = Path.GetRelativePath(source, file).Replace('\\', '/');
            string part = relative.Split('/')[0];
            if (part is "obj" or "bin")
                continue;
            files++;
            if (!Knows.TryGetValue(part, out string[]? allowed))
            {
                offences.Add($"{relative}: add '{part}' to the rules of this test, with what it may know");
                continue;
            }
            foreach (Match match in UsingLine().Matches(File.ReadAllText(file)))
            {
                string known = match.Groups[1].Value;
                if (known != part && !allowed.Contains(known))
                    offences.Add($"{relative} uses Firn.{known}, and {part} may know [{string.Join(", ", allowed)}]");
            }
        }
        Assert.True(files > 10, $"only {files} files were found under {source}");
        Assert.Empty(offences);
    }

    /// <summary>Circles that stand: what a user holds and what reads and makes it; a facade and its parts. They may only shrink.</summary>
    private static readonly string[][] Standing =
    [
        ["Firn", "Firn.Bundles", "Firn.Recipes"],
        ["Firn.Vectors", "Firn.Vectors.Evaluation", "Firn.Vectors.Formats", "Firn.Vectors.Search", "Firn.Vectors.Storage", "Firn.Vectors.Subwords", "Firn.Vectors.Training"],
        ["Firn.Study", "Firn.Study.Numerics"],
    ];

    [Fact]
    public void No_other_namespaces_know_each_other_in_circles()
    {
        NamespaceGraph graph = NamespaceGraph.Of(typeof(Recipe).Assembly);
        Assert.True(graph.Edges.Count > 50, $"only {graph.Edges.Count} edges were found");
        string[][] found = [.. graph.Cycles().Where(cycle => !Standing.Any(known => cycle.All(known.Contains)))];
        string edges = string.Join('\n', graph.Edges.Where(e => found.Any(c => c.Contains(e.Key.From) && c.Contains(e.Key.To)))
            .Select(e => $"{e.Key.From} to {e.Key.To}: {string.Join(", ", e.Value.Take(8))}"));
        Assert.True(found.Length == 0, string.Join('\n', found.Select(cycle => string.Join(' ', cycle))) + "\n" + edges);
    }

    [Fact]
    public void No_file_is_longer_than_400_lines()
    {
        string root = Repository.Root();
        string[] folders = [Path.Combine(root, "src"), Path.Combine(root, "tests")];
        Assert.Empty(folders.SelectMany(f => Directory.EnumerateFiles(f, "*.cs", SearchOption.AllDirectories))
            .Where(f => File.ReadLines(f).Count() > 400).Select(f => Path.GetRelativePath(root, f)));
    }
}
