using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Firn.Data;

namespace Firn.Tests;

/// <summary>The README's example is this file's method, compiled; its links lead somewhere.</summary>
public partial class ReadmeTests
{
    private static void Example()
    {
        // The README's lines begin here.
        RecipeResult result = Recipe.Tweets.Train(CorpusReader.Open("tweets.csv"));
        Console.WriteLine($"accuracy {result.Test!.Accuracy:f3} on {result.TestTexts} texts kept apart");
        result.Predictor.Save("models/tweets");

        using Predictor model = Predictor.Load("models/tweets");
        foreach (string text in new[] { "i don't like this telly at all :(", "what a lovely day" })
        {
            Prediction answer = model.Predict(text);
            Console.WriteLine($"{answer.Label} {answer.Score:f2} {text}");
        }
        // The README's lines end here.
    }

    [Fact]
    public void The_example_in_the_readme_is_the_one_that_compiles()
    {
        Action example = Example;
        Assert.NotNull(example.Method);
        string[] source = File.ReadAllLines(ThisFile());
        int begin = Array.FindIndex(source, line => line.Trim() == "// The README's lines begin here.");
        int end = Array.FindIndex(source, line => line.Trim() == "// The README's lines end here.");
        string compiled = string.Join('\n', source[(begin + 1)..end].Select(line => line.Length >= 8 ? line[8..] : ""));

        Match block = CSharpBlock().Match(File.ReadAllText(Readme()).ReplaceLineEndings("\n"));

        Assert.True(block.Success, "README.md has no block of C#");
        Assert.Equal(compiled, block.Groups[1].Value);
    }

    [Fact]
    public void The_links_in_the_readme_and_the_docs_lead_to_files()
    {
        string root = Path.GetDirectoryName(Readme())!;
        List<string> broken = [];
        foreach (string page in Directory.EnumerateFiles(Path.Combine(root, "docs"), "*.md").Append(Readme()))
        {
            foreach (Match link in Link().Matches(File.ReadAllText(page)))
            {
                string target = Path.Combine(Path.GetDirectoryName(page)!, link.Groups[1].Value);
                if (!File.Exists(target) && !Directory.Exists(target))
                    broken.Add($"{Path.GetFileName(page)}: {link.Groups[1].Value}");
            }
        }
        Assert.Empty(broken);
    }

    private static string Readme() =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..", "README.md"));

    private static string ThisFile([CallerFilePath] string path = "") => path;

    [GeneratedRegex("```csharp\n(.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex CSharpBlock();

    [GeneratedRegex(@"\]\((?!https?:|#)([^)#\s]+)")]
    private static partial Regex Link();
}
