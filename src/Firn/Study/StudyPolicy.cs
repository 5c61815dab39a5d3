using System.Text.Json.Serialization;

namespace Firn.Study;

/// <summary>What is done with the table of word vectors while a classifier learns.</summary>
public enum StudyPolicy
{
    /// <summary>
    /// A random table of the same rows, trained with the rest: what one has without pretrained vectors.
    /// </summary>
    [JsonStringEnumMemberName("random")]
    Random,

    /// <summary>The pretrained table, never changed.</summary>
    [JsonStringEnumMemberName("frozen")]
    Frozen,

    /// <summary>The pretrained table, trained with the rest from the first epoch.</summary>
    [JsonStringEnumMemberName("trainable")]
    Trainable,

    /// <summary>
    /// Frozen until the frozen table was best on validation (<see cref="StudyTraining.ThawEpochAfter"/>), then
    /// everything trains.
    /// </summary>
    [JsonStringEnumMemberName("thaw-all")]
    ThawAll,

    /// <summary>Frozen as long, then the table alone trains.</summary>
    [JsonStringEnumMemberName("thaw-embedding")]
    ThawEmbedding,

    /// <summary>Trained with a pull back to the pretrained rows (L2-SP).</summary>
    [JsonStringEnumMemberName("anchor")]
    Anchor,

    /// <summary>Trained; then the words that training lacked follow a linear map of the others' movement.</summary>
    [JsonStringEnumMemberName("map")]
    Map,

    /// <summary>Trained; then the words that training lacked move as their nearest trained neighbors did.</summary>
    [JsonStringEnumMemberName("neighbors")]
    Neighbors,

    /// <summary>Trained; then the pretrained table is put back under the trained LSTM.</summary>
    [JsonStringEnumMemberName("revert")]
    Revert,
}

/// <summary>Names of the policies, and what belongs together.</summary>
public static class StudyPolicies
{
    private static readonly string[] Names =
    [
        "random",
        "frozen",
        "trainable",
        "thaw-all",
        "thaw-embedding",
        "anchor",
        "map",
        "neighbors",
        "revert",
    ];

    /// <summary>All of them, in the order in which tables list them.</summary>
    public static IReadOnlyList<StudyPolicy> All { get; } = Enum.GetValues<StudyPolicy>();

    /// <summary>The name, as the command line and the results write it.</summary>
    public static string NameOf(StudyPolicy policy) => Names[(int)policy];

    /// <summary>The policy of that name.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists those there are.</exception>
    public static StudyPolicy Parse(string name)
    {
        int at = Array.IndexOf(Names, name == "neighbours" ? NameOf(StudyPolicy.Neighbors) : name);
        return at >= 0
            ? (StudyPolicy)at
            : throw new ArgumentException(
                $"There is no policy '{name}'; choose from {string.Join(", ", Names)}.",
                nameof(name)
            );
    }

    /// <summary>
    /// Whether it is computed from the model that <see cref="StudyPolicy.Trainable"/> trained, at no second training.
    /// </summary>
    public static bool RepairsTrained(StudyPolicy policy) =>
        policy is StudyPolicy.Map or StudyPolicy.Neighbors or StudyPolicy.Revert;

    /// <summary>Whether it begins frozen and thaws where the frozen table was best.</summary>
    public static bool Thaws(StudyPolicy policy) => policy is StudyPolicy.ThawAll or StudyPolicy.ThawEmbedding;

    /// <summary>The policy whose training gives this one's model: itself, but for the repairs.</summary>
    public static StudyPolicy TrainedBy(StudyPolicy policy) => RepairsTrained(policy) ? StudyPolicy.Trainable : policy;
}
