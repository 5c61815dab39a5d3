using Firn.Text;
using Firn.Vectors;
using Firn.Vectors.Formats;

namespace Firn.Recipes;

/// <summary>
/// The words of a file of vectors that later texts may hold though the training texts lack them. Whoever takes
/// pretrained vectors has such words; without an id they could be neither scored nor studied.
/// </summary>
internal static class VectorWords
{
    /// <summary>
    /// Those among the file's first rows that the cleaning leaves as they are: any other could never be met. In the
    /// order of the file; empty where the options name no file or ask for none.
    /// </summary>
    public static IReadOnlyList<string> Of(RecipeOptions options, StageClock clock)
    {
        if (options.VectorsPath is not { } path || options.UnseenWords == 0)
            return [];
        clock.Tell(null, () => $"reading the words of {path}");
        var tokenizer = new Tokenizer(options.Cleaning);
        var tokens = new TokenBuffer();
        var words = new List<string>();
        IReadOnlyList<string> first = FastTextVectors.IsModel(path)
            ? FastTextVectors.Load(path).Words
            : WordVectors.Load(path, new VectorLoadOptions { Limit = options.UnseenWords }).Words;
        foreach (string word in first.Take(options.UnseenWords))
        {
            tokenizer.Tokenize(word, tokens);
            if (tokens.Count == 1 && tokens[0].SequenceEqual(word))
                words.Add(word);
        }
        return words;
    }
}
