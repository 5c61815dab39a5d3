using Firn.Data;

namespace Firn.Tests.Recipes;

/// <summary>Short messages whose words give their label away most of the time.</summary>
internal static class ToyCorpus
{
    private static readonly string[][] Moods =
    [
        ["awful", "sad", "hate", "cry", "rain", "sick", "tired"],
        ["great", "happy", "love", "smile", "sun", "party", "fun"],
        ["train", "report", "office", "paper", "table", "list", "number"],
    ];

    private static readonly string[] Filler =
    [
        "today",
        "morning",
        "friend",
        "phone",
        "city",
        "coffee",
        "school",
        "street",
    ];

    public static List<LabeledText> Make(int texts, int seed = 1, params string[] labels)
    {
        if (labels.Length == 0)
            labels = ["0", "4"];
        var random = new Random(seed);
        var corpus = new List<LabeledText>(texts);
        for (int i = 0; i < texts; i++)
        {
            int label = random.Next(labels.Length);
            IEnumerable<string> words = Enumerable
                .Range(0, random.Next(3, 9))
                .Select(_ =>
                    random.NextDouble() < 0.7
                        ? Moods[random.NextDouble() < 0.95 ? label : random.Next(labels.Length)][random.Next(7)]
                        : Filler[random.Next(Filler.Length)]
                );
            corpus.Add(new LabeledText($"@user{i} {string.Join(' ', words)}! http://t.co/{i}", labels[label]));
        }
        return corpus;
    }
}
