using Firn.Baselines;
using Firn.Data;
using Firn.Evaluation;
using Firn.Linear;
using Firn.Text;

namespace Firn.Audit;

/// <summary>Says what a cleaning does to labeled texts before anything is trained on them.</summary>
public static class CleaningAudit
{
    private const int TopFlips = 10;
    private const double HeldShare = 0.1;
    private const int TopTags = 10,
        FewestTagged = 20;
    private const double Settles = 0.95;

    /// <summary>Audits.</summary>
    /// <param name="corpus">Labeled texts; kept in memory for the time of the audit.</param>
    /// <param name="cleaning">The rules.</param>
    /// <param name="accuracyTexts">
    /// Most texts to measure accuracies on, a tenth of them held out; 0 measures none.
    /// </param>
    /// <param name="labelNames">Names for labels, beside those the format knows.</param>
    /// <param name="others">
    /// Files that are to share no text with it or with each other, such as validation and test, by name; null for none.
    /// </param>
    /// <param name="progress">Told what is under way.</param>
    /// <param name="cancellation">Stops between steps.</param>
    /// <exception cref="InvalidDataException">The corpus has fewer than two labels.</exception>
    public static CleaningAuditReport Run(
        IEnumerable<LabeledText> corpus,
        CleaningOptions cleaning,
        int accuracyTexts = 50_000,
        IReadOnlyDictionary<string, string>? labelNames = null,
        IReadOnlyList<(string Name, IEnumerable<LabeledText> Texts)>? others = null,
        IProgress<string>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(cleaning);
        LabeledSource source = LabeledSource.Of(corpus, labelNames);
        LabeledText[] rows = [.. source.Rows];
        var labels = LabelMap.From([.. rows.Select(r => r.Label).Distinct()], source.LabelNames);
        LabeledTexts texts = LabeledTexts.Of(rows, labels, source.LabelNames);

        progress?.Report("tokens");
        string[][] tokens = Tokens(texts.Texts, cleaning);
        (KindLoss[] kinds, long flips, PolarityFlip[] top) = Losses(texts.Texts, tokens);
        int[] sample = Sample(texts.Texts.Length, accuracyTexts);
        double? accuracy = sample.Length == 0 ? null : Accuracy(texts, sample, cleaning, labels.Names.Count);
        var rules = new List<RuleEffect>();
        foreach (CleaningRule rule in CleaningRule.All.Where(r => r.IsOn(cleaning)))
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Report($"without: {rule.Name}");
            CleaningOptions without = rule.Without(cleaning);
            string[][] kept = Tokens(texts.Texts, without);
            long changed = 0,
                more = 0;
            for (int i = 0; i < tokens.Length; i++)
            {
                changed += tokens[i].AsSpan().SequenceEqual(kept[i]) ? 0 : 1;
                more += kept[i].Length - tokens[i].Length;
            }
            double? alone = sample.Length == 0 ? null : Accuracy(texts, sample, without, labels.Names.Count);
            rules.Add(new RuleEffect(rule.Name, changed, more, alone));
        }
        (HashTagLabel[] tags, long settled) = LabelsByHashTag(texts.Texts, texts.Labels, labels.Names);
        return new CleaningAuditReport
        {
            Texts = texts.Texts.Length,
            Tokens = tokens.Sum(t => (long)t.Length),
            Empty = tokens.Count(t => t.Length == 0),
            Repeated = Repeated(tokens),
            Overlaps = Overlaps(source, tokens, others ?? [], cleaning),
            ContradictionsBefore = Contradictions(
                [
                    .. texts.Texts.Select(t =>
                        string.Join(
                            ' ',
                            t.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
                        )
                    ),
                ],
                texts.Labels
            ),
            ContradictionsAfter = Contradictions([.. tokens.Select(t => string.Join(' ', t))], texts.Labels),
            Kinds = kinds,
            Flips = flips,
            TopFlips = top,
            HashTags = tags,
            SettledByHashTag = settled,
            Rules = rules,
            Accuracy = accuracy,
            AccuracyTexts = sample.Length,
            Unknown = Unknown(tokens, texts.Labels, labels.Names),
        };
    }

    private static string[][] Tokens(string[] texts, CleaningOptions cleaning)
    {
        var tokenizer = new Tokenizer(cleaning);
        return [.. texts.AsParallel().AsOrdered().Select(tokenizer.Tokenize)];
    }

    private static (KindLoss[] Kinds, long Flips, PolarityFlip[] Top) Losses(string[] texts, string[][] tokens)
    {
        var kinds = new TokenKinds();
        long[] before = new long[TokenKinds.Names.Count],
            after = new long[before.Length];
        var flips = new Dictionary<(string Before, string After), long>();
        for (int i = 0; i < texts.Length; i++)
        {
            string[] written = kinds.Before(texts[i]);
            TokenKinds.Count(written, before);
            TokenKinds.Count(tokens[i], after);
            var kept = new HashSet<string>(tokens[i], StringComparer.Ordinal);
            before[3] += TokenKinds.HashTags(texts[i]).Count();
            after[3] += TokenKinds.HashTagsBegunBy(kept, texts[i]);
            if (tokens[i].Any(TokenKinds.IsNegation))
                continue;
            for (int t = 0; t + 1 < written.Length; t++)
            {
                if (TokenKinds.IsNegation(written[t]) && kept.Contains(written[t + 1]))
                    flips[(written[t] + " " + written[t + 1], written[t + 1])] =
                        flips.GetValueOrDefault((written[t] + " " + written[t + 1], written[t + 1])) + 1;
            }
        }
        PolarityFlip[] top =
        [
            .. flips
                .OrderByDescending(f => f.Value)
                .ThenBy(f => f.Key.Before, StringComparer.Ordinal)
                .Take(TopFlips)
                .Select(f => new PolarityFlip(f.Key.Before, f.Key.After, f.Value)),
        ];
        return (
            [.. TokenKinds.Names.Select((name, k) => new KindLoss(name, before[k], after[k]))],
            flips.Values.Sum(),
            top
        );
    }

    private static (HashTagLabel[] Top, long Settled) LabelsByHashTag(
        string[] texts,
        int[] labels,
        IReadOnlyList<string> names
    )
    {
        string[][] tagsOf =
        [
            .. texts.Select(text => TokenKinds.HashTags(text).Distinct(StringComparer.Ordinal).ToArray()),
        ];
        var counts = new Dictionary<string, long[]>(StringComparer.Ordinal);
        for (int i = 0; i < texts.Length; i++)
        {
            foreach (string tag in tagsOf[i])
            {
                if (!counts.TryGetValue(tag, out long[]? byClass))
                    counts[tag] = byClass = new long[names.Count];
                byClass[labels[i]]++;
            }
        }
        HashTagLabel[] frequent =
        [
            .. counts
                .Where(c => c.Value.Sum() >= FewestTagged)
                .Select(c => new HashTagLabel(
                    c.Key,
                    c.Value.Sum(),
                    names[Array.IndexOf(c.Value, c.Value.Max())],
                    c.Value.Max() / (double)c.Value.Sum()
                ))
                .OrderByDescending(t => t.Texts)
                .ThenBy(t => t.Tag, StringComparer.Ordinal),
        ];
        var settling = frequent.Where(t => t.Share >= Settles).Select(t => t.Tag).ToHashSet(StringComparer.Ordinal);
        return (frequent[..Math.Min(TopTags, frequent.Length)], tagsOf.LongCount(tags => tags.Any(settling.Contains)));
    }

    /// <summary>Texts, not empty, that are equal to one with another label.</summary>
    private static long Contradictions(string[] texts, int[] labels)
    {
        var seen = new Dictionary<string, (int Label, bool Mixed, long Count)>(StringComparer.Ordinal);
        for (int i = 0; i < texts.Length; i++)
        {
            if (texts[i].Length == 0)
                continue;
            bool known = seen.TryGetValue(texts[i], out (int Label, bool Mixed, long Count) entry);
            seen[texts[i]] = known
                ? (entry.Label, entry.Mixed || entry.Label != labels[i], entry.Count + 1)
                : (labels[i], false, 1);
        }
        return seen.Values.Where(e => e.Mixed).Sum(e => e.Count);
    }

    private static long Repeated(string[][] tokens)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return tokens.LongCount(t => t.Length > 0 && !seen.Add(string.Join(' ', t)));
    }

    /// <summary>Each file against the data and the files before it.</summary>
    private static FileOverlap[] Overlaps(
        LabeledSource data,
        string[][] tokens,
        IReadOnlyList<(string Name, IEnumerable<LabeledText> Texts)> others,
        CleaningOptions cleaning
    )
    {
        var files = new List<(string Name, Dictionary<string, HashSet<string>> Labels)>
        {
            ("data", LabelsOf(data.Rows.Select(r => data.NameOf(r.Label)), tokens)),
        };
        var found = new List<FileOverlap>();
        foreach ((string name, IEnumerable<LabeledText> texts) in others)
        {
            LabeledSource other = LabeledSource.Of(texts, data.LabelNames);
            LabeledText[] rows = [.. other.Rows];
            string[] labels = [.. rows.Select(r => other.NameOf(r.Label))];
            string[][] cleaned = Tokens([.. rows.Select(r => r.Text)], cleaning);
            foreach ((string earlier, Dictionary<string, HashSet<string>> known) in files)
            {
                long shared = 0,
                    conflicting = 0;
                for (int i = 0; i < rows.Length; i++)
                {
                    if (
                        cleaned[i].Length == 0
                        || !known.TryGetValue(string.Join(' ', cleaned[i]), out HashSet<string>? there)
                    )
                        continue;
                    shared++;
                    conflicting += there.Count > 1 || !there.Contains(labels[i]) ? 1 : 0;
                }
                found.Add(new FileOverlap(name, earlier, rows.Length, shared, conflicting));
            }
            files.Add((name, LabelsOf(labels, cleaned)));
        }
        return [.. found];
    }

    /// <summary>The labels that each text bears.</summary>
    private static Dictionary<string, HashSet<string>> LabelsOf(IEnumerable<string> labels, string[][] tokens)
    {
        var all = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach ((string label, string[] text) in labels.Zip(tokens))
        {
            string key = string.Join(' ', text);
            if (!all.TryGetValue(key, out HashSet<string>? there))
                all[key] = there = [];
            there.Add(label);
        }
        return all;
    }

    private static int[] Sample(int count, int most)
    {
        if (most == 0 || count < 20)
            return [];
        double largest = count < 100 ? 0.5 : 0.99; // a share that leaves a text on either side
        (int[] rest, int[] first) = TrainTestSplit.Random(
            count,
            Math.Clamp((double)most / count, 1.0 / count, largest),
            42
        );
        return most >= count ? [.. first, .. rest] : first;
    }

    private static double Accuracy(LabeledTexts texts, int[] sample, CleaningOptions cleaning, int classes)
    {
        (int[] train, int[] test) = TrainTestSplit.Random(sample.Length, HeldShare, 42);
        LabeledTexts learn = texts.Select([.. train.Select(i => sample[i])]),
            held = texts.Select([.. test.Select(i => sample[i])]);
        var options = new NgramOptions { Cleaning = cleaning };
        (NgramVectorizer vectorizer, SparseMatrix rows) = NgramVectorizer.Fit(
            new TextSource(learn.Texts, options),
            options,
            Environment.ProcessorCount
        );
        var model = LogisticRegression.Fit(
            rows,
            learn.Labels,
            classes,
            [],
            new LogisticRegressionOptions { Tolerance = 1e-3 },
            Environment.ProcessorCount
        );
        float[] scores = model.Predict(
            vectorizer.Transform(new TextSource(held.Texts, options), Environment.ProcessorCount),
            Environment.ProcessorCount
        );
        return SingleLabelEvaluation.LossAndAccuracy(scores, model.OutputSize, held.Labels).Accuracy;
    }

    private static UnknownShare[] Unknown(string[][] tokens, int[] labels, IReadOnlyList<string> names)
    {
        if (tokens.Length < 20)
            return [];
        (int[] train, int[] test) = TrainTestSplit.Random(tokens.Length, HeldShare, 42);
        var known = new HashSet<string>(train.SelectMany(i => tokens[i]), StringComparer.Ordinal);
        long[] all = new long[names.Count],
            unknown = new long[names.Count];
        foreach (int i in test)
        {
            all[labels[i]] += tokens[i].Length;
            unknown[labels[i]] += tokens[i].Count(t => !known.Contains(t));
        }
        return [.. names.Select((name, c) => new UnknownShare(name, all[c] == 0 ? 0 : (double)unknown[c] / all[c]))];
    }
}
