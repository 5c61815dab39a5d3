using System.Text.Json;
using Firn.Text;

namespace Firn.Tests.Text;

/// <summary>Phrases are those that gensim finds with word2phrase's score (tools/golden/vectors_phrases.py).</summary>
public class PhrasesTests
{
    [Fact]
    public void Phrases_and_joined_texts_equal_gensims()
    {
        using JsonDocument golden = JsonDocument.Parse(
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "vectors_phrases.json"))
        );
        JsonElement root = golden.RootElement;
        (RaggedIds texts, Vocabulary vocabulary) = Encode([
            .. root.GetProperty("texts").EnumerateArray().Select(t => t.GetString()!),
        ]);
        Phrases phrases = Phrases.Find(
            texts,
            vocabulary,
            new PhraseOptions
            {
                MinCount = root.GetProperty("minCount").GetInt32(),
                Threshold = root.GetProperty("threshold").GetDouble(),
            }
        );
        var expected = root.GetProperty("phrases")
            .EnumerateObject()
            .ToDictionary(p => p.Name, p => p.Value.GetDouble());
        Assert.Equal(
            expected.Keys.Order(StringComparer.Ordinal),
            phrases.Items.Select(Name).Order(StringComparer.Ordinal)
        );
        Assert.All(phrases.Items, p => Assert.Equal(expected[Name(p)], p.Score, 1e-9));
        Assert.True(phrases.Items.Zip(phrases.Items.Skip(1)).All(pair => pair.First.Score >= pair.Second.Score));

        (RaggedIds joined, Vocabulary words) = phrases.Join(texts, vocabulary);
        Assert.Equal(root.GetProperty("joined").EnumerateArray().Select(t => t.GetString()!), Decode(joined, words));
        Assert.Equal(joined.Ids.Count(id => words[id] == "new_york"), words.CountOf(words.IdOf("new_york")));
    }

    [Fact]
    public void Scores_and_connectors_equal_gensims()
    {
        using JsonDocument golden = JsonDocument.Parse(
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "vectors_phrases_scores.json"))
        );
        JsonElement root = golden.RootElement;
        (RaggedIds texts, Vocabulary vocabulary) = Encode([
            .. root.GetProperty("texts").EnumerateArray().Select(t => t.GetString()!),
        ]);
        foreach (JsonElement test in root.GetProperty("cases").EnumerateArray())
        {
            Phrases phrases = Phrases.Find(
                texts,
                vocabulary,
                new PhraseOptions
                {
                    MinCount = root.GetProperty("minCount").GetInt32(),
                    Threshold = test.GetProperty("threshold").GetDouble(),
                    Scoring =
                        test.GetProperty("scoring").GetString() == "npmi"
                            ? PhraseScoring.Npmi
                            : PhraseScoring.DistinctTokens,
                    Connectors = [.. test.GetProperty("connectors").EnumerateArray().Select(c => c.GetString()!)],
                }
            );
            var expected = test.GetProperty("phrases")
                .EnumerateObject()
                .ToDictionary(p => p.Name, p => p.Value.GetDouble());
            Assert.Equal(
                expected.Keys.Order(StringComparer.Ordinal),
                phrases.Items.Select(Name).Order(StringComparer.Ordinal)
            );
            Assert.All(phrases.Items, p => Assert.Equal(expected[Name(p)], p.Score, 1e-9));
            (RaggedIds joined, Vocabulary words) = phrases.Join(texts, vocabulary);
            Assert.Equal(
                test.GetProperty("joined").EnumerateArray().Select(t => t.GetString()!),
                Decode(joined, words)
            );
        }
    }

    [Fact]
    public void Saved_phrases_join_other_texts_as_before()
    {
        (RaggedIds texts, Vocabulary vocabulary) = Encode([
            .. Enumerable.Repeat("bank of america new york times", 10),
            .. Enumerable.Repeat("a b c d", 50),
        ]);
        var options = new PhraseOptions
        {
            MinCount = 2,
            Threshold = 1,
            Connectors = ["of"],
        };
        Phrases first = Phrases.Find(texts, vocabulary, options);
        (RaggedIds once, Vocabulary words) = first.Join(texts, vocabulary);
        Phrases second = Phrases.Find(once, words, options);
        string path = Path.Combine(Path.GetTempPath(), $"phrases-{Guid.NewGuid():N}.txt");
        Phrases.Save(path, [first, second]);
        IReadOnlyList<Phrases> loaded = Phrases.Load(path);
        (RaggedIds other, Vocabulary otherWords) = Encode(["the bank of america and of new york times d c a b c d"]);
        foreach (Phrases pass in loaded)
            (other, otherWords) = pass.Join(other, otherWords);
        Assert.Equal("the bank_of_america and of new_york_times d c a_b_c_d", Decode(other, otherWords).Single());

        File.WriteAllText(path, "firn-phrases-1\npass\t_\t\n3.5\tten\tnew york\n");
        Assert.Contains("line 3", Assert.Throws<InvalidDataException>(() => Phrases.Load(path)).Message);
        File.WriteAllText(path, "new york\n");
        Assert.Contains("line 1", Assert.Throws<InvalidDataException>(() => Phrases.Load(path)).Message);
        File.Delete(path);
    }

    [Fact]
    public void A_second_pass_joins_three_words_and_a_gap_parts_neighbours()
    {
        (RaggedIds texts, Vocabulary vocabulary) = Encode([
            .. Enumerable.Repeat("new york times", 10),
            .. Enumerable.Repeat("a b c d", 50),
        ]);
        var options = new PhraseOptions
        {
            MinCount = 2,
            Threshold = 1,
            Separator = '-',
        };
        (RaggedIds once, Vocabulary words) = Phrases.Find(texts, vocabulary, options).Join(texts, vocabulary);
        Assert.Equal("new-york times", Decode(once, words).First());
        (RaggedIds twice, Vocabulary more) = Phrases.Find(once, words, options).Join(once, words);
        Assert.Equal(["new-york-times", "a-b-c-d"], Decode(twice, more).Distinct());

        RaggedIds parted = RaggedIds.From([.. Enumerable.Repeat(new[] { 1, Vocabulary.Pad, 2 }, 20)]);
        Assert.Empty(Phrases.Find(parted, vocabulary, options).Items);
    }

    [Fact]
    public void Limits_out_of_range_are_refused()
    {
        (RaggedIds texts, Vocabulary vocabulary) = Encode(["a b"]);
        Assert.Contains(
            "MinCount",
            Assert
                .ThrowsAny<ArgumentException>(() => Phrases.Find(texts, vocabulary, new PhraseOptions { MinCount = 0 }))
                .Message
        );
        Assert.Contains(
            "hold id 9",
            Assert
                .Throws<ArgumentException>(() =>
                    Phrases.Find(
                        RaggedIds.From([
                            [1, 9],
                        ]),
                        vocabulary
                    )
                )
                .Message
        );
    }

    private static string Name(Phrase phrase) => string.Join('_', phrase.Words);

    private static (RaggedIds, Vocabulary) Encode(string[] lines)
    {
        var builder = new VocabularyBuilder();
        foreach (string word in lines.SelectMany(line => line.Split(' ')))
            builder.Add(word);
        Vocabulary vocabulary = builder.Build();
        return (
            RaggedIds.From([.. lines.Select(line => line.Split(' ').Select(word => vocabulary.IdOf(word)).ToArray())]),
            vocabulary
        );
    }

    private static IEnumerable<string> Decode(RaggedIds texts, Vocabulary vocabulary) =>
        Enumerable
            .Range(0, texts.Count)
            .Select(text => string.Join(' ', texts[text].ToArray().Select(id => vocabulary[id])));
}
