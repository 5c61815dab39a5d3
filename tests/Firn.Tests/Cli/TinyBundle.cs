using Firn.Layers;
using Firn.Model;
using Firn.Text;

namespace Firn.Tests.Cli;

/// <summary>An untrained model of a few words in a folder that is deleted at the end.</summary>
internal sealed class TinyBundle : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("firn-bundle");

    public TinyBundle(params string[] labels)
    {
        var tokenizer = new Tokenizer(CleaningOptions.Tweets);
        var builder = new VocabularyBuilder();
        foreach (string word in "the a film was great awful not love hate this song :) !".Split(' '))
            builder.Add(word);
        var vocabulary = builder.Build();
        var options = new ClassifierOptions { HiddenSize = 5, Classes = labels.Length };
        var classifier = new TextClassifier(options, EmbeddingTable.Random(vocabulary.Count, 6, 3), 4);
        using var predictor = new Predictor(tokenizer, vocabulary, classifier, labels);
        predictor.Save(Path);
    }

    public string Path => System.IO.Path.Combine(_folder.FullName, "model");

    public void Dispose() => _folder.Delete(recursive: true);
}
