using Firn.Recipes;
using Firn.Text;

namespace Firn.Study;

/// <summary>Labeled texts as ids of the study's vocabulary.</summary>
/// <param name="Ids">The texts.</param>
/// <param name="Labels">Their classes.</param>
internal sealed record StudyTexts(RaggedIds Ids, int[] Labels)
{
    public int Count => Labels.Length;

    public StudyTexts Select(ReadOnlySpan<int> texts)
    {
        var labels = new int[texts.Length];
        for (int i = 0; i < texts.Length; i++)
            labels[i] = Labels[texts[i]];
        return new StudyTexts(Ids.Select(texts), labels);
    }

    /// <summary>Rows of a corpus; the last <paramref name="most"/> ids of each.</summary>
    /// <param name="corpus">The texts in tokens.</param>
    /// <param name="rows">The rows to take, in order.</param>
    /// <param name="classOf">Class of each label of the corpus.</param>
    /// <param name="idOf">Id of each token.</param>
    /// <param name="most">Ids a text at most.</param>
    public static StudyTexts From(RawCorpus corpus, ReadOnlySpan<int> rows, int[] classOf, int[] idOf, int most)
    {
        var offsets = new int[rows.Length + 1];
        var labels = new int[rows.Length];
        for (int i = 0; i < rows.Length; i++)
            offsets[i + 1] = checked(offsets[i] + Math.Min(corpus.Ids.LengthOf(rows[i]), most));
        var ids = new int[offsets[^1]];
        for (int i = 0; i < rows.Length; i++)
        {
            ReadOnlySpan<int> tokens = corpus.Ids[rows[i]][^(offsets[i + 1] - offsets[i])..];
            for (int p = 0; p < tokens.Length; p++)
                ids[offsets[i] + p] = idOf[tokens[p]];
            labels[i] = classOf[corpus.Labels[rows[i]]];
        }
        return new StudyTexts(new RaggedIds(ids, offsets), labels);
    }
}
