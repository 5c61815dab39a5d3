using Firn.Drift;
using Firn.Layers;
using Firn.Study;
using Firn.Text;
using Firn.Vectors;

namespace Firn.Tests.Study;

public class StudyDriftTests
{
    private static readonly string[] Words = ["tv", "telly", "television", "rain", "sun"];
    private static readonly float[] Before = [1, 0, 0.9f, 0.1f, 0.95f, 0.05f, 0, 1, 0.1f, 0.9f];
    private static readonly int[] Counts = [0, 0, 9, 4, 0, 7, 0]; // the pad, the unknown word, then Words

    [Fact]
    public void Tears_are_between_a_word_that_moved_and_a_near_one_that_stayed()
    {
        StudyDrift drift = StudyDrift.Of(Table(), names: true)!;
        Assert.Equal(3, drift.Words);
        StudyDivergence worst = drift.Diverged[0];
        Assert.Equal(("tv", 9, "television"), (worst.Seen, worst.Count, worst.Unseen));
        Assert.True(worst.Before > 0.99 && worst.After < 0.2);
        Assert.Empty(StudyDrift.Of(Table(), names: false)!.Diverged);
        Assert.InRange(drift.Cosine, 0, 0.9);
    }

    [Fact]
    public void Repairs_move_the_words_that_stayed_or_put_all_back()
    {
        DriftTable trained = Table();
        int television = trained.Vocabulary.IdOf("television");
        foreach (StudyPolicy policy in new[] { StudyPolicy.Map, StudyPolicy.Neighbors })
            Assert.False(
                StudyDrift.Repaired(trained, policy).AfterOf(television).SequenceEqual(trained.AfterOf(television))
            );
        Assert.True(StudyDrift.Repaired(trained, StudyPolicy.Revert).After.Rows.Span[2..].SequenceEqual(Before));
        Assert.Same(trained, StudyDrift.Repaired(trained, StudyPolicy.Trainable));
        Assert.Null(StudyDrift.Of(StudyDrift.Repaired(trained, StudyPolicy.Revert), names: false));
    }

    [Fact]
    public void Where_no_word_stayed_behind_there_is_nothing_to_repair()
    {
        DriftTable trained = Table(all: true);
        Assert.Same(trained, StudyDrift.Repaired(trained, StudyPolicy.Map));
    }

    private static DriftTable Table(bool all = false)
    {
        Vocabulary vocabulary = StudyVectors.VocabularyOf(new WordVectors(Words, Before, 2));
        EmbeddingTable before = EmbeddingTable.From(vocabulary, new WordVectors(Words, Before, 2)),
            after = StudyVectors.Copy(before);
        float[][] moved =
        [
            [0, 1],
            [0.1f, 0.9f],
            [0.3f, 0.3f],
            [-0.5f, 0.5f],
            [0.2f, 0.2f],
        ];
        foreach (int word in all ? [0, 1, 2, 3, 4] : new[] { 0, 1, 3 })
            moved[word].CopyTo(after.Rows.Span[((word + 1) * 2)..]);
        return DriftTable.Of(vocabulary, before, after, Counts);
    }
}
