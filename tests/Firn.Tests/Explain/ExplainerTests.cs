using Firn.Data;
using Firn.Explain;
using Firn.Linear;
using Firn.Model;
using Firn.Tests.Bundles;
using Firn.Text;

namespace Firn.Tests.Explain;

public class ExplainerTests
{
    public static TheoryData<string, Pooling, bool, bool> Models =>
        new()
        {
            { "negative,positive", Pooling.LastState, false, false },
            { "negative,positive", Pooling.Attention, true, true },
            { "anger,joy,sadness", Pooling.Mean, true, false },
            { "anger,joy,sadness", Pooling.Attention, true, true },
        };

    [Theory]
    [MemberData(nameof(Models))]
    public void Shares_sum_to_the_margin_less_the_baseline_within_one_percent(
        string labels,
        Pooling pooling,
        bool bidirectional,
        bool wide
    )
    {
        using Predictor predictor = Make(
            labels.Split(','),
            new ClassifierOptions
            {
                HiddenSize = 5,
                Pooling = pooling,
                Bidirectional = bidirectional,
            },
            wide
        );
        Explanation explanation = new Explainer(predictor).Explain(
            "not a very good day, love love the rain",
            TestContext.Current.CancellationToken
        );
        Assert.InRange(explanation.CompletenessError, 0, 0.01);
        Assert.True(Math.Abs(explanation.Margin - explanation.BaselineMargin) > 0.01);
        Assert.Equal(
            predictor.Predict("not a very good day, love love the rain").Probabilities.Length == 1 ? 2 : 3,
            predictor.Labels.Count
        );
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void The_margin_is_that_of_the_prediction(string labels, Pooling pooling, bool bidirectional, bool wide)
    {
        using Predictor predictor = Make(
            labels.Split(','),
            new ClassifierOptions
            {
                HiddenSize = 5,
                Pooling = pooling,
                Bidirectional = bidirectional,
            },
            wide
        );
        Explanation explanation = new Explainer(predictor).Explain(
            "bad sad rain",
            TestContext.Current.CancellationToken
        );
        float[] p = predictor.Predict("bad sad rain").Probabilities;
        double[] all = p.Length == 1 ? [1 - p[0], p[0]] : [.. p.Select(v => (double)v)];
        Assert.Equal(all.Max(), explanation.Probability, 1e-6);
        double[] sorted = [.. all.OrderDescending()];
        Assert.Equal(Math.Log(sorted[0] / sorted[1]), explanation.Margin, 1e-3);
    }

    [Fact]
    public void Leaving_a_word_out_is_what_leaving_it_out_does()
    {
        using Predictor predictor = Make(
            ["negative", "positive"],
            new ClassifierOptions { HiddenSize = 5 },
            wide: true
        );
        Explanation explanation = new Explainer(predictor).Explain(
            "good unheard song",
            TestContext.Current.CancellationToken
        );
        double Logit(string text)
        {
            float p = predictor.Predict(text).Probabilities[0];
            return (explanation.Label == "positive" ? 1 : -1) * Math.Log(p / (1 - p));
        }
        Assert.Equal(Logit("good song") - Logit("song"), explanation.Tokens[0].LeaveOneOut, 1e-4);
        Assert.Equal(new TokenShare("unheard", false, 0, 0), explanation.Tokens[1]);
        Assert.Equal(Logit("good song") - Logit("good"), explanation.Tokens[2].LeaveOneOut, 1e-4);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Of_several_labels_each_is_held_against_its_absence(bool wide)
    {
        using Predictor predictor = SmallPredictor.Make(
            seed: 3,
            labels: ["anger", "joy", "sadness"],
            options: new ClassifierOptions
            {
                HiddenSize = 5,
                Bidirectional = true,
                MultiLabel = true,
            }
        );
        if (wide)
        {
            var sets = new LabelSets(3);
            int[] labels =
            [
                .. Enumerable.Range(0, 60).Select(i => sets.Add(Enumerable.Range(0, 3).Where(c => i % (c + 2) == 0))),
            ];
            RaggedIds texts = RaggedIds.From([
                .. Enumerable.Range(0, 60).Select(i => new[] { 1 + i % 5, 2, 1 + i % 3, 1 + i % 7, 6 + i % 4 }),
            ]);
            predictor.Classifier.LinearBranch = NgramClassifier.Fit(
                texts,
                predictor.Vocabulary,
                labels,
                3,
                [],
                new LinearBranchOptions(),
                1,
                sets
            );
        }
        float[] p = predictor.Predict("not a good day, love the rain").Probabilities,
            without = predictor.Predict("not a good day, the rain").Probabilities;
        using Predictor every = predictor.WithThreshold(0f);
        IReadOnlyList<Explanation> found = new Explainer(every).ExplainAll(
            "not a good day, love the rain",
            TestContext.Current.CancellationToken
        );
        Assert.Equal(p.OrderDescending().Select(v => (double)v), found.Select(e => e.Probability));
        foreach (Explanation explanation in found)
        {
            int c = predictor.Labels.ToList().IndexOf(explanation.Label);
            Assert.Equal($"not {explanation.Label}", explanation.Other);
            Assert.Equal(Math.Log(p[c] / (1 - p[c])), explanation.Margin, 1e-3);
            Assert.InRange(explanation.CompletenessError, 0, 0.01);
            Assert.Equal(
                Math.Log(p[c] / (1 - p[c])) - Math.Log(without[c] / (1 - without[c])),
                explanation.Tokens[4].LeaveOneOut,
                1e-3
            );
        }
        using Predictor none = predictor.WithThreshold(1f);
        Assert.Equal(
            p.Max(),
            Assert
                .Single(
                    new Explainer(none).ExplainAll(
                        "not a good day, love the rain",
                        TestContext.Current.CancellationToken
                    )
                )
                .Probability,
            1e-6
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("nothing known here")]
    public void A_text_without_known_words_has_no_shares(string text)
    {
        using Predictor predictor = Make(
            ["negative", "positive"],
            new ClassifierOptions { HiddenSize = 5 },
            wide: true
        );
        Explanation explanation = new Explainer(predictor).Explain(text, TestContext.Current.CancellationToken);
        Assert.All(explanation.Tokens, t => Assert.False(t.Known));
        Assert.Equal(explanation.BaselineMargin, explanation.Margin, 1e-9);
    }

    private static Predictor Make(string[] labels, ClassifierOptions options, bool wide)
    {
        Predictor predictor = SmallPredictor.Make(seed: 3, labels: labels, options: options);
        if (wide)
        {
            RaggedIds texts = RaggedIds.From([
                .. Enumerable.Range(0, 60).Select(i => new[] { 1 + i % 5, 2, 1 + i % 3, 1 + i % 7, 6 + i % 4 }),
            ]);
            predictor.Classifier.LinearBranch = NgramClassifier.Fit(
                texts,
                predictor.Vocabulary,
                [.. Enumerable.Range(0, 60).Select(i => i % labels.Length)],
                labels.Length,
                [],
                new LinearBranchOptions(),
                1
            );
        }
        return predictor;
    }
}
