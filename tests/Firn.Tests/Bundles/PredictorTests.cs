using Firn.Evaluation;

namespace Firn.Tests.Bundles;

public class PredictorTests
{
    [Fact]
    public void Text_is_cleaned_before_it_is_scored()
    {
        using Predictor predictor = SmallPredictor.Make();
        Prediction shouted = predictor.Predict("@you LOVE this song http://t.co/x"),
            plain = predictor.Predict("love song");
        Assert.Equal(plain.Score, shouted.Score);
        Assert.Equal(2, shouted.KnownTokens);
        Assert.True(shouted.Tokens > 2);
    }

    [Fact]
    public void Text_without_a_known_word_scores_as_the_empty_text_and_says_so()
    {
        using Predictor predictor = SmallPredictor.Make();
        Prediction unknown = predictor.Predict("zzz qqq"),
            empty = predictor.Predict("");
        Assert.Equal(empty.Score, unknown.Score);
        Assert.True(unknown.HasNoKnownToken && empty.HasNoKnownToken);
        Assert.Equal(2, unknown.Tokens);
        Assert.False(predictor.Predict("good").HasNoKnownToken);
    }

    [Theory]
    [InlineData(0.4f, false)]
    [InlineData(0.41f, true)]
    [InlineData(0.69f, true)]
    [InlineData(0.7f, false)]
    public void Neutral_band_excludes_its_ends(float score, bool inside) =>
        Assert.Equal(inside, new NeutralBand().Contains(score));

    [Theory]
    [InlineData("negative", "positive", "neutral")]
    [InlineData("NEGATIVE", "POSITIVE", "NEUTRAL")]
    [InlineData("neg", "pos", "neutral")]
    [InlineData("irony", "no irony", null)]
    [InlineData("positive", "negative", null)]
    public void Neutral_band_is_on_for_labels_that_are_sentiments(string first, string second, string? label) =>
        Assert.Equal(label, NeutralBand.For([first, second])?.Label);

    [Fact]
    public void Band_decides_the_label_and_can_be_moved_or_turned_off()
    {
        using Predictor predictor = SmallPredictor.Make();
        float score = predictor.Predict("good day").Probabilities[0];
        using Predictor wide = predictor.WithNeutral(
            new NeutralBand
            {
                Low = score - 0.01,
                High = score + 0.01,
                Label = "meh",
            }
        );
        using Predictor off = predictor.WithNeutral(null);
        Assert.Equal(("meh", true), (wide.Predict("good day").Label, wide.Predict("good day").Abstained));
        Assert.Equal(Math.Max(score, 1 - score), wide.Predict("good day").Score);
        Assert.Equal(score >= 0.5f ? "positive" : "negative", off.Predict("good day").Label);
        Assert.Equal(Math.Max(score, 1 - score), off.Predict("good day").Score);
    }

    [Fact]
    public void A_model_abstains_only_where_it_is_told_to()
    {
        using Predictor predictor = SmallPredictor.Make();
        Assert.Null(predictor.Neutral);
        Assert.False(predictor.Rule.MayAbstain);
        using Predictor unsure = predictor.WithAbstainBelow(1);
        Prediction p = unsure.Predict("good day");
        Assert.Equal((Predictor.UnsureLabel, true), (p.Label, p.Abstained));
        Assert.True(unsure.Rule.MayAbstain);
        using Predictor low = predictor.WithThreshold(0);
        Assert.Equal("positive", low.Predict("bad rain").Label);
        Assert.Equal(predictor.Predict("bad rain").Probabilities[0], low.Predict("bad rain").Score);
    }

    [Fact]
    public void Several_classes_name_the_most_probable_and_have_no_band()
    {
        using Predictor predictor = SmallPredictor.Make(labels: ["anger", "joy", "sadness"]);
        Prediction p = predictor.Predict("happy day");
        Assert.Null(predictor.Neutral);
        Assert.Equal(3, p.Probabilities.Length);
        Assert.Equal(1, p.Probabilities.Sum(), 1e-5);
        Assert.Equal(p.Probabilities.Max(), p.Score);
        Assert.Equal(predictor.Labels[Array.IndexOf(p.Probabilities, p.Score)], p.Label);
    }

    [Fact]
    public void Batch_equals_one_by_one_and_keeps_the_order()
    {
        using Predictor predictor = SmallPredictor.Make();
        string[] texts = ["good", "", "bad bad rain", "very happy song", "unknowable"];
        IReadOnlyList<Prediction> batch = predictor.Predict(texts);
        for (int i = 0; i < texts.Length; i++)
            Assert.Equal(predictor.Predict(texts[i]).Score, batch[i].Score, 1e-6);
    }

    [Fact]
    public void A_long_text_counts_by_its_last_tokens()
    {
        using Predictor whole = SmallPredictor.Make();
        using var cut = new Predictor(whole.Tokenizer, whole.Vocabulary, whole.Classifier, whole.Labels)
        {
            MaxTokens = 2,
        };
        Assert.Equal(whole.Predict("sad rain").Score, cut.Predict("good love sad rain").Score);
        Assert.Equal([1, 2], cut.Encode(["song good bad"])[0].ToArray());
    }

    [Fact]
    public void Parts_that_do_not_fit_are_refused()
    {
        using Predictor a = SmallPredictor.Make(),
            b = SmallPredictor.Make(words: 12);
        Assert.Throws<ArgumentException>(() => new Predictor(a.Tokenizer, b.Vocabulary, a.Classifier, a.Labels));
        Assert.Throws<ArgumentException>(() =>
            new Predictor(a.Tokenizer, a.Vocabulary, a.Classifier, ["one", "two", "three"])
        );
    }
}
