namespace Firn.Text;

/// <summary>
/// Finds phrases such as new_york (Mikolov et al. 2013, "Distributed representations of words and phrases and their
/// compositionality", eq. 6) and joins them. Longer phrases come of a second pass over the joined texts, and of
/// connectors (<see cref="PhraseOptions.Connectors"/>). Immutable.
/// </summary>
public sealed class Phrases
{
    internal Phrases(IReadOnlyList<Phrase> items, IReadOnlyCollection<string> connectors, char separator)
    {
        Items = items;
        Connectors = connectors;
        Separator = separator;
    }

    /// <summary>The phrases, the highest score first.</summary>
    public IReadOnlyList<Phrase> Items { get; }

    /// <summary>Words that may stand inside a phrase.</summary>
    public IReadOnlyCollection<string> Connectors { get; }

    /// <summary>What stands between the words of a phrase.</summary>
    public char Separator { get; }

    /// <summary>Counts words and pairs of neighbors and keeps the pairs above the threshold.</summary>
    /// <param name="texts">Ids of the vocabulary; 0 is no word and parts neighbors.</param>
    /// <param name="vocabulary">Gives the words of the ids. Counts are taken from the texts, not from it.</param>
    /// <param name="options">Limits.</param>
    /// <exception cref="ArgumentException">An id is not the vocabulary's, or a limit is out of its range.</exception>
    public static Phrases Find(RaggedIds texts, Vocabulary vocabulary, PhraseOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(vocabulary);
        options ??= new PhraseOptions();
        options.Validate();
        // The number of distinct pairs counts the rare ones too.
        bool all = options.Scoring == PhraseScoring.DistinctTokens;
        var counts = new PhraseCounts(
            texts,
            vocabulary.Count,
            ConnectorIds(vocabulary, options.Connectors),
            all ? 0 : options.MinCount
        );
        long size = all ? counts.Words.Skip(1).Count(count => count > 0) + counts.Pairs : counts.Total;
        var items = new List<Phrase>();
        foreach ((int run, int count) in counts.Counted)
        {
            List<int> words = counts.Tree.WordsOf(run);
            (long first, long last) = (counts.Words[words[0]], counts.Words[words[^1]]);
            double score =
                options.Scoring == PhraseScoring.Npmi
                    ? Npmi(first, last, count, counts.Total)
                    : (double)(count - options.MinCount) * size / ((double)first * last);
            if (count >= options.MinCount && score > options.Threshold)
                items.Add(new Phrase([.. words.Select(id => vocabulary[id])], count, score));
        }
        return new Phrases(
            [.. items.OrderByDescending(p => p.Score).ThenBy(p => string.Join(' ', p.Words), StringComparer.Ordinal)],
            options.Connectors,
            options.Separator
        );
    }

    /// <summary>Reads phrases that <see cref="Save"/> wrote, one set a pass.</summary>
    /// <exception cref="InvalidDataException">The file is no such list; the message names the line.</exception>
    public static IReadOnlyList<Phrases> Load(string path) => PhraseFile.Read(path);

    /// <summary>
    /// Writes the phrases of one or more passes, in the order in which they are to be joined, as lines of text.
    /// </summary>
    /// <exception cref="ArgumentException">A word holds white space, which parts words in the file.</exception>
    public static void Save(string path, IReadOnlyList<Phrases> passes) => PhraseFile.Write(path, passes);

    /// <summary>
    /// Joins phrases from left to right, each word in one phrase at most, and numbers the words anew.
    /// </summary>
    /// <param name="texts">Ids of the vocabulary; 0 is no word and parts neighbors.</param>
    /// <param name="vocabulary">Gives the words of the ids; any, for phrases are found by their words.</param>
    public JoinedTexts Join(RaggedIds texts, Vocabulary vocabulary)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(vocabulary);
        var tree = new PhraseTree(vocabulary.Count);
        var joined = new PhraseJoining(tree, PhrasesIn(tree, vocabulary), ConnectorIds(vocabulary, Connectors)).Join(
            texts
        );
        return Renumber(joined, vocabulary, tree);
    }

    private HashSet<int> PhrasesIn(PhraseTree tree, Vocabulary vocabulary)
    {
        var runs = new HashSet<int>();
        foreach (Phrase phrase in Items)
        {
            int[] ids = [.. phrase.Words.Select(word => Find(vocabulary, word))];
            if (!ids.Contains(0))
                runs.Add(ids.Skip(1).Aggregate(ids[0], tree.Add));
        }
        return runs;
    }

    private JoinedTexts Renumber(RaggedIds joined, Vocabulary vocabulary, PhraseTree tree)
    {
        var counts = new long[tree.Count];
        foreach (int run in joined.Ids)
            counts[run]++;
        var names = new string[tree.Count];
        var builder = new VocabularyBuilder();
        for (int run = 1; run < counts.Length; run++)
        {
            if (counts[run] == 0)
                continue;
            names[run] = string.Join(Separator, tree.WordsOf(run).Select(id => vocabulary[id]));
            builder.Add(names[run], counts[run]);
        }
        Vocabulary renumbered = builder.Build(new VocabularyOptions { Unknown = vocabulary.Unknown });
        var newId = new int[counts.Length];
        for (int run = 1; run < counts.Length; run++)
            newId[run] = counts[run] > 0 ? renumbered.IdOf(names[run]) : 0;
        return new(new RaggedIds([.. joined.Ids.Select(run => newId[run])], joined.Offsets), renumbered);
    }

    private static double Npmi(long first, long last, long together, long total)
    {
        double a = first / (double)total,
            b = last / (double)total,
            ab = together / (double)total;
        return Math.Log(ab / (a * b)) / -Math.Log(ab);
    }

    private static bool[] ConnectorIds(Vocabulary vocabulary, IReadOnlyCollection<string> connectors)
    {
        var ids = new bool[vocabulary.Count];
        foreach (string word in connectors)
        {
            int id = Find(vocabulary, word);
            ids[id] = id != 0;
        }
        return ids;
    }

    /// <summary>
    /// The id of a word that the vocabulary has; 0 for others, whatever the vocabulary does with unknown words.
    /// </summary>
    private static int Find(Vocabulary vocabulary, string word)
    {
        int id = vocabulary.IdOf(word);
        return id > 0 && vocabulary[id] == word ? id : 0;
    }
}
