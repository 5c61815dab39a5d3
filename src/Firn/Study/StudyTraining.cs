using Firn.Training;

namespace Firn.Study;

/// <summary>
/// How long a classifier of so many texts is trained: fewer texts, smaller batches and more epochs, so that even 500
/// texts get some hundred steps. All epochs are run and the one with the least validation loss is kept, for every
/// policy.
/// </summary>
/// <param name="Epochs">Passes over the texts.</param>
/// <param name="BatchSize">Texts a step.</param>
public sealed record StudyTraining(int Epochs, int BatchSize)
{
    private const int MaxValidation = 5000,
        MinValidation = 100;

    /// <summary>
    /// The first epoch in which a schedule that thaws has thawed: the next after the one in which the frozen table,
    /// with the same texts and fresh weights, was best, so that thawing begins where freezing has no more to give; with
    /// the second half at the latest.
    /// </summary>
    /// <param name="frozenBest">The epoch of the frozen run's least validation loss, from 1.</param>
    public int ThawEpochAfter(int frozenBest) => Math.Clamp(frozenBest + 1, 2, Math.Max(2, Epochs / 2 + 1));

    /// <summary>What a training size gets unless the options say otherwise.</summary>
    public static StudyTraining ForTexts(int texts) =>
        texts switch
        {
            < 1_000 => new(24, 16),
            < 5_000 => new(16, 32),
            < 20_000 => new(10, 64),
            < 100_000 => new(6, 128),
            _ => new(4, 256),
        };

    /// <summary>
    /// Texts of a training size that measure the epochs instead of being trained on: a tenth, at least 100 but at most
    /// a fifth, and at most 5,000.
    /// </summary>
    public static int ValidationTexts(int texts) =>
        Math.Max(1, Math.Min(Math.Min(Math.Max(texts / 10, MinValidation), texts / 5), MaxValidation));

    /// <summary>The schedule of a policy that trains.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="thawEpoch">The first epoch after the thaw, where the policy thaws.</param>
    /// <param name="pull">The anchor's.</param>
    internal static ThawSchedule ScheduleOf(StudyPolicy policy, int? thawEpoch, double pull) =>
        policy switch
        {
            StudyPolicy.Frozen => ThawSchedule.Frozen,
            StudyPolicy.ThawAll => ThawSchedule.ThawAll(thawEpoch!.Value),
            StudyPolicy.ThawEmbedding => ThawSchedule.ThawEmbedding(thawEpoch!.Value),
            StudyPolicy.Anchor => ThawSchedule.Trainable.WithAnchor(pull),
            _ => ThawSchedule.Trainable,
        };
}
