using System.Diagnostics;
using System.Text.Json;
using Firn.Interop.Export;
using Firn.Interop.Keras.Export;
using Firn.Interop.Onnx;
using Firn.Tests.Bundles;
using Firn.Text;

namespace Firn.Tests.Interop.Export;

/// <summary>The code in the exported pages, run by Python, makes the ids that the bundle makes.</summary>
public sealed class ReadmeCodeTests : IDisposable
{
    private const string Python = "/usr/bin/python3";
    private static readonly string[] _s_texts =
    [
        "",
        "good",
        "good unheard day",
        "<pad> good",
        "good bad love song day rain happy sad not very",
        "unheard unheard rain very song day sad love",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("firn-readme-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<Truncation, bool, int> Ways()
    {
        var ways = new TheoryData<Truncation, bool, int>();
        foreach (Truncation truncation in Enum.GetValues<Truncation>())
        {
            ways.Add(truncation, false, 4);
            ways.Add(truncation, true, 5);
        }
        ways.Add(Truncation.Ends, false, 1);
        return ways;
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Words_get_the_ids_of_the_bundle(Truncation truncation, bool unknownRow, int most)
    {
        var builder = new VocabularyBuilder();
        foreach (string word in (string[])["good", "bad", "love", "song", "day", "rain", "happy", "sad", "not"])
            builder.Add(word, 1);
        Vocabulary vocabulary = builder.Build(
            new VocabularyOptions { Unknown = unknownRow ? UnknownWords.Row : UnknownWords.Skip }
        );
        Predictor small = SmallPredictor.Make(words: vocabulary.Count - 1);
        AssertSame(
            new Predictor(small.Tokenizer, vocabulary, small.Classifier, small.Labels)
            {
                MaxTokens = most,
                Truncation = truncation,
            },
            _s_texts
        );
    }

    [Fact]
    public void Words_get_the_ids_of_an_imported_model()
    {
        using Predictor imported = ImportedModels.Make(
            _folder,
            new() { OovToken = "<OOV>" },
            [("<OOV>", 3), ("good", 1), ("rain", 5), ("very", 9)]
        );
        AssertSame(imported, _s_texts);
    }

    private void AssertSame(Predictor predictor, string[] texts)
    {
        Assert.SkipUnless(File.Exists(Python), $"there is no {Python} to run the code of the pages");
        RaggedIds expected = predictor.Encode(texts);
        string words = JsonSerializer.Serialize(texts.Select(predictor.Tokenizer.Tokenize));
        foreach (
            ExportResult result in (ExportResult[])
                [
                    OnnxExport.Save(predictor, Path.Combine(_folder, "onnx")),
                    KerasExport.Save(predictor, Path.Combine(_folder, "m.keras")),
                ]
        )
        {
            int[][] found = JsonSerializer.Deserialize<int[][]>(
                Run(IdPart(File.ReadAllText(result.Files[^1])), words, Path.GetDirectoryName(result.Files[0])!)
            )!;
            Assert.Equal(Enumerable.Range(0, texts.Length).Select(i => expected[i].ToArray()), found);
        }
    }

    /// <summary>The page's lines from the words' file to the last of the function.</summary>
    private static string IdPart(string page)
    {
        int from = page.IndexOf("# From words to ids", StringComparison.Ordinal),
            to = page.IndexOf("\nprint(", from, StringComparison.Ordinal);
        return page[from..to];
    }

    private static string Run(string code, string words, string folder)
    {
        var start = new ProcessStartInfo(Python)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(
            $"import json, sys\n{code}\nprint(json.dumps([ids_of(words) for words in json.loads(sys.argv[1])]))"
        );
        start.ArgumentList.Add(words);
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd(),
            error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, error);
        return output;
    }
}
