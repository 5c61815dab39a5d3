using Firn.Audit;
using Firn.Data;
using Firn.Text;

namespace Firn.Tests.Audit;

public class CleaningAuditTests
{
    private static readonly LabeledText[] Texts =
    [
        new("This is not good at all", "0"),
        new("This is good at all", "1"),
        new("I am not happy #sad", "0"),
        new("so happy :) \U0001F600 !!", "1"),
        new("@bob", "0"),
        new("http://t.co/x", "1"),
        .. Enumerable.Range(0, 30).Select(i => new LabeledText($"don't like word{i}", i % 2 == 0 ? "0" : "1")),
    ];

    [Fact]
    public void The_notebook_loses_negations_and_flips_polarity()
    {
        CleaningAuditReport report = CleaningAudit.Run(
            Texts,
            CleaningOptions.Notebook,
            accuracyTexts: 0,
            cancellation: TestContext.Current.CancellationToken
        );
        Assert.Equal(36, report.Texts);
        Assert.Equal(new KindLoss("negations", 32, 0), report.Kinds[0]);
        Assert.Equal(new KindLoss("emoticons", 1, 0), report.Kinds[1]);
        Assert.Equal(new KindLoss("emoji", 1, 0), report.Kinds[2]);
        Assert.Equal(new KindLoss("hash tags", 1, 1), report.Kinds[3]);
        Assert.Equal(new PolarityFlip("don't like", "like", 30), report.TopFlips[0]);
        Assert.Contains(new PolarityFlip("not good", "good", 1), report.TopFlips);
        Assert.Equal(32, report.Flips);
        Assert.Equal(2, report.Empty);
        Assert.Equal(0, report.ContradictionsBefore);
        Assert.Equal(2, report.ContradictionsAfter); // "good" and "good"
        RuleEffect stop = report.Rules.Single(r => r.Rule == "remove stop words");
        Assert.Equal(34, stop.TextsChanged);
        Assert.Null(stop.Accuracy);
    }

    [Fact]
    public void The_preset_for_tweets_keeps_them()
    {
        CleaningAuditReport report = CleaningAudit.Run(
            Texts,
            CleaningOptions.Tweets,
            accuracyTexts: 0,
            cancellation: TestContext.Current.CancellationToken
        );
        Assert.Equal(0, report.Flips);
        Assert.Equal(0, report.Empty);
        Assert.All(report.Kinds, kind => Assert.Equal(kind.Before, kind.After));
        Assert.All(report.Unknown, share => Assert.InRange(share.Share, 0.01, 1));
    }

    [Fact]
    public void Few_texts_are_measured_too()
    {
        CleaningAuditReport report = CleaningAudit.Run(
            Texts,
            CleaningOptions.Tweets,
            cancellation: TestContext.Current.CancellationToken
        );
        Assert.Equal(36, report.AccuracyTexts);
        Assert.NotNull(report.Accuracy);
    }

    [Fact]
    public void A_hash_tag_is_kept_where_a_word_begins_it()
    {
        HashSet<string> words = ["go", "goteam", "a", "ab", "abc", "x1", "zz"];
        Assert.Equal(5, TokenKinds.HashTagsBegunBy(words, "#Goal #goteam #abz #a #xx #zz #y"));
        Assert.Equal(1, TokenKinds.HashTagsBegunBy(["a"], "#a #ab"));
        Assert.Equal(0, TokenKinds.HashTagsBegunBy([], "#a"));
    }

    [Fact]
    public void Hash_tags_that_settle_the_label_are_told()
    {
        LabeledText[] texts =
        [
            .. Enumerable
                .Range(0, 40)
                .Select(i => new LabeledText($"w{i} #Build #build{(i % 2 == 0 ? " #half" : "")}", i < 39 ? "1" : "0")),
            .. Enumerable.Range(0, 20).Select(i => new LabeledText($"w{i} #half", "0")),
            .. Enumerable.Range(0, 19).Select(i => new LabeledText($"w{i} #rare", "0")),
        ];
        CleaningAuditReport report = CleaningAudit.Run(
            texts,
            CleaningOptions.Tweets,
            accuracyTexts: 0,
            cancellation: TestContext.Current.CancellationToken
        );
        Assert.Equal(
            [new HashTagLabel("build", 40, "1", 39 / 40.0), new HashTagLabel("half", 40, "0", 0.5)],
            report.HashTags
        );
        Assert.Equal(40, report.SettledByHashTag);
    }

    [Fact]
    public void A_hash_tag_that_stays_beside_its_words_counts_once()
    {
        LabeledText[] texts =
        [
            .. Enumerable.Range(0, 20).Select(i => new LabeledText($"w{i} #BuildIt", i % 2 == 0 ? "0" : "1")),
        ];
        CleaningAuditReport report = CleaningAudit.Run(
            texts,
            CleaningOptions.Tweets with
            {
                KeepHashTags = true,
            },
            accuracyTexts: 0,
            cancellation: TestContext.Current.CancellationToken
        );
        Assert.Equal(new KindLoss("hash tags", 20, 20), report.Kinds[3]);
    }

    [Fact]
    public void Accuracy_is_measured_with_each_rule_left_out()
    {
        LabeledText[] texts =
        [
            .. Enumerable
                .Range(0, 400)
                .Select(i => new LabeledText(
                    i % 2 == 0 ? $"not fun w{i % 7}" : $"fun w{i % 5}",
                    i % 2 == 0 ? "0" : "1"
                )),
        ];
        CleaningAuditReport report = CleaningAudit.Run(
            texts,
            CleaningOptions.Notebook,
            accuracyTexts: 400,
            cancellation: TestContext.Current.CancellationToken
        );
        Assert.Equal(1, report.Rules.Single(r => r.Rule == "remove stop words").Accuracy);
        Assert.True(report.Accuracy < 1, $"{report.Accuracy}");
    }
}
