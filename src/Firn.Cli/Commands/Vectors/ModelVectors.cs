using Firn.Cli.Output;
using Firn.Interop.Gensim;
using Firn.Vectors;

namespace Firn.Cli.Commands.Vectors;

/// <summary>
/// The word vectors of a model of another tool, those of words that it has never seen too where it can compose them.
/// </summary>
internal abstract class ModelVectors
{
    private const int Named = 10; // words of a message

    /// <summary>The models, by the names of the option <c>--format</c>.</summary>
    public static readonly string[] Formats = ["fasttext", "gensim", "floret"];

    /// <summary>The model in a file; null where the file is a plain table of vectors.</summary>
    /// <param name="path">The file.</param>
    /// <param name="format">A name of <see cref="Formats"/>, or auto for what the file is.</param>
    public static ModelVectors? Open(string path, string format) =>
        format switch
        {
            "fasttext" => new Composed(path, FastTextVectors.Load(path)),
            "gensim" => OfGensim(path),
            "floret" => new Hashed(path, FloretVectors.Load(path)),
            "auto" when FastTextVectors.IsModel(path) => new Composed(path, FastTextVectors.Load(path)),
            "auto" when GensimVectors.IsModel(path) => OfGensim(path),
            "auto" when FloretVectors.IsTable(path) => new Hashed(path, FloretVectors.Load(path)),
            _ => null,
        };

    /// <summary>Gives the vector of any word; null where the model has those of its words alone.</summary>
    public virtual WordComposer? Composer => null;

    /// <summary>The vectors of words.</summary>
    /// <param name="terminal">Is told which words the model has not seen.</param>
    /// <param name="only">These words, seen or not, in place of the model's; null takes the model's.</param>
    /// <param name="limit">The model's first so many words only; null takes all.</param>
    /// <param name="asked">Words that a command looks up, seen or not; they stand behind the others.</param>
    public abstract WordVectors Load(
        Terminal terminal,
        IReadOnlyCollection<string>? only,
        int? limit,
        IReadOnlyCollection<string> asked
    );

    /// <summary>
    /// The model with character n-grams, from fastText's file or gensim's; null where the file is neither.
    /// </summary>
    public static FastTextVectors? Subwords(string path) =>
        FastTextVectors.IsModel(path) ? FastTextVectors.Load(path)
        : GensimVectors.IsModel(path) && GensimVectors.HasSubwords(path) ? GensimVectors.LoadSubwords(path)
        : null;

    /// <summary>Tells which words a model has put together.</summary>
    public static void NoteComposed(Terminal terminal, string path, IEnumerable<string> words)
    {
        string[] composed = [.. words.Distinct(StringComparer.Ordinal)];
        if (composed.Length == 0)
            return;
        string more = composed.Length > Named ? $" and {composed.Length - Named:N0} more" : "";
        terminal.Note(
            $"firn: {path} has not seen {string.Join(", ", composed.Take(Named).Select(word => $"'{word}'"))}{more}: "
                + $"composed of character n-grams"
        );
    }

    private static ModelVectors OfGensim(string path) =>
        GensimVectors.HasSubwords(path) ? new Composed(path, GensimVectors.LoadSubwords(path)) : new Listed(path);

    private static WordVectors Kept(string path, WordVectors vectors) =>
        vectors.Count > 0 ? vectors : throw new UserError($"{path}: no word vector was kept; check --vocabulary");

    /// <summary>Words of rows of their own and of n-grams.</summary>
    private sealed class Composed(string path, FastTextVectors model) : ModelVectors
    {
        public override WordVectors Load(
            Terminal terminal,
            IReadOnlyCollection<string>? only,
            int? limit,
            IReadOnlyCollection<string> asked
        )
        {
            string[] words =
            [
                .. (only ?? model.Words.Take(limit ?? int.MaxValue)).Union(asked, StringComparer.Ordinal),
            ];
            WordVectors vectors = model.ToWordVectors(words);
            NoteComposed(terminal, path, asked.Where(word => !model.Contains(word) && vectors.TryGetRow(word, out _)));
            return Kept(path, vectors);
        }

        public override WordComposer Composer => new(model.Dimension, model.TryGetVector, word => model.Contains(word));
    }

    /// <summary>Words of a list, a row each.</summary>
    private sealed class Listed(string path) : ModelVectors
    {
        public override WordVectors Load(
            Terminal terminal,
            IReadOnlyCollection<string>? only,
            int? limit,
            IReadOnlyCollection<string> asked
        )
        {
            WordVectors vectors = GensimVectors.Load(path);
            if (only is null && limit is null)
                return vectors;
            HashSet<string>? wanted = only is null ? null : new HashSet<string>(only, StringComparer.Ordinal);
            string[] words =
            [
                .. vectors.Words.Take(limit ?? int.MaxValue).Where(word => wanted is null || wanted.Contains(word)),
            ];
            return words.Length > 0
                ? vectors.Select(words)
                : throw new UserError($"{path}: no word vector was kept; check --vocabulary");
        }
    }

    /// <summary>Words that are named, since the table holds none.</summary>
    private sealed class Hashed(string path, FloretVectors table) : ModelVectors
    {
        public override WordVectors Load(
            Terminal terminal,
            IReadOnlyCollection<string>? only,
            int? limit,
            IReadOnlyCollection<string> asked
        )
        {
            string[] words = [.. (only ?? []).Take(limit ?? int.MaxValue).Union(asked, StringComparer.Ordinal)];
            if (words.Length == 0)
                throw new UsageError(
                    $"{path} is a floret table, which has vectors for all words and a list of none; name the words "
                        + $"with --vocabulary FILE"
                );
            return Kept(path, table.ToWordVectors(words));
        }

        public override WordComposer Composer => new(table.Dimension, table.TryGetVector, _ => true);
    }
}

/// <summary>A model that has a vector for any word.</summary>
/// <param name="Dimension">Of the vectors.</param>
/// <param name="TryGetVector">Computes a vector; false where it is zero for want of n-grams.</param>
/// <param name="HasSeen">Whether the word is one of the model's own.</param>
internal sealed record WordComposer(int Dimension, WordComposer.Compute TryGetVector, Func<string, bool> HasSeen)
{
    /// <summary>Computes the vector of a word.</summary>
    public delegate bool Compute(ReadOnlySpan<char> word, Span<float> destination);
}
