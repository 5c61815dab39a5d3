namespace Firn.Evaluation;

/// <summary>The labels that texts got, by a model's own rule.</summary>
/// <param name="Texts">Texts.</param>
/// <param name="Labels">How many got each label; that of texts without a class among them.</param>
/// <param name="Abstained">Texts left without a class.</param>
/// <param name="AnsweredAccuracy">Of the others, the share whose class is right; NaN without any.</param>
/// <param name="WithoutKnownWord">Texts of which the model knows no word, so that their label says nothing.</param>
public sealed record LabelCounts(
    long Texts,
    IReadOnlyDictionary<string, long> Labels,
    long Abstained,
    double AnsweredAccuracy,
    long WithoutKnownWord
);
