using System.Text.Json.Serialization;

namespace Firn.Study;

/// <summary>What the figures say of a sentence that is often repeated.</summary>
public enum HypothesisVerdict
{
    /// <summary>The figures bear it out at every size that decides.</summary>
    [JsonStringEnumMemberName("holds")]
    Holds,

    /// <summary>The figures say the contrary at every size that decides.</summary>
    [JsonStringEnumMemberName("wrong here")]
    Wrong,

    /// <summary>It holds at some sizes and is wrong at others.</summary>
    [JsonStringEnumMemberName("holds in part")]
    InPart,

    /// <summary>The intervals hold zero at every size.</summary>
    [JsonStringEnumMemberName("not decided")]
    Undecided,
}

/// <summary>A sentence that is often repeated, and what this study says of it.</summary>
/// <param name="Claim">The sentence.</param>
/// <param name="Verdict">Whether it holds here.</param>
/// <param name="Evidence">The figures, in words.</param>
public sealed record Hypothesis(string Claim, HypothesisVerdict Verdict, string Evidence);

/// <summary>What a study found, in plain words that follow from its figures alone.</summary>
/// <param name="Headline">One sentence.</param>
/// <param name="Paragraph">The sentences after it: figures, intervals, what beats what.</param>
/// <param name="Answers">The usual reasons for freezing, one by one.</param>
public sealed record StudyFinding(string Headline, string Paragraph, IReadOnlyList<Hypothesis> Answers)
{
    /// <summary>Words the finding of a study.</summary>
    public static StudyFinding Of(StudySummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        var words = new FindingWords(summary);
        IReadOnlyList<Hypothesis> answers = new Hypotheses(summary, words).All();
        return new FindingWriter(summary, words, answers).Write();
    }
}
