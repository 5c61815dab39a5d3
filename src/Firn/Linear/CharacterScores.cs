namespace Firn.Linear;

/// <summary>
/// What the characters of words say in a linear part, folded into one score a word and output, so that words which no
/// training text has are judged by their spelling at no cost. A text's logits are sum_w s_w / sqrt(max(1, sum_w q_w))
/// over its tokens, s_w being the weighted sum of the values of the word's runs of characters and q_w their sum of
/// squares, in units of the median training text: the values of TF-IDF, divided by the norm that the text's would have
/// if its words shared no run. A text that says less than the median is not blown up to its length, so that two common
/// words alone decide nothing.
/// </summary>
internal sealed class CharacterScores
{
    /// <param name="scores">[V,K].</param>
    /// <param name="squares">[V].</param>
    /// <param name="spelling">What the runs say, for words without an id; null where a bundle does not have it.</param>
    public CharacterScores(float[] scores, float[] squares, CharacterSpelling? spelling = null)
    {
        Spelling = spelling;
        Scores = scores;
        Squares = squares;
    }

    /// <summary>[V,K] what a word adds to each logit.</summary>
    public float[] Scores { get; }

    /// <summary>[V] what it adds to the square of the norm; the median training text has 1.</summary>
    public float[] Squares { get; }

    /// <summary>What the runs say, for words without an id; null where that was not kept.</summary>
    public CharacterSpelling? Spelling { get; }

    public long Bytes => sizeof(float) * ((long)Scores.Length + Squares.Length) + (Spelling?.Bytes ?? 0);

    /// <summary>Adds the logits of one text; nothing where no word of it has a known run.</summary>
    /// <param name="ids">Its words.</param>
    /// <param name="logits">[K]; added to.</param>
    /// <param name="unseen">
    /// [K+1] what its words without an id say (<see cref="CharacterSpelling.Add"/>); empty for nothing.
    /// </param>
    public void AddLogits(ReadOnlySpan<int> ids, Span<float> logits, ReadOnlySpan<float> unseen = default)
    {
        float scale = ScaleOf(ids, Squares, unseen.IsEmpty ? 0 : unseen[^1]);
        for (int k = 0; k < logits.Length; k++)
        {
            float sum = 0;
            foreach (int id in ids)
                sum += Scores[id * logits.Length + k];
            if (!unseen.IsEmpty)
                sum += unseen[k];
            logits[k] += scale * sum;
        }
    }

    /// <summary>Adds what each token gives logit <paramref name="output"/> of <paramref name="outputs"/>.</summary>
    /// <returns>The factor of what words without an id say.</returns>
    public double AddShares(ReadOnlySpan<int> ids, int output, int outputs, double[] shares, float unseenSquare)
    {
        float scale = ScaleOf(ids, Squares, unseenSquare);
        for (int i = 0; i < ids.Length; i++)
            shares[i] += (double)scale * Scores[ids[i] * outputs + output];
        return scale;
    }

    /// <summary>Multiplies the scores.</summary>
    public void Scale(float factor)
    {
        foreach (ref float score in Scores.AsSpan())
            score *= factor;
        Spelling?.Scale(factor);
    }

    /// <summary>What the values of a text are multiplied by.</summary>
    /// <param name="ids">Its words.</param>
    /// <param name="squares">[V] of every word.</param>
    /// <param name="unseen">The square of its words without an id.</param>
    public static float ScaleOf(ReadOnlySpan<int> ids, float[] squares, double unseen = 0)
    {
        double sum = unseen;
        foreach (int id in ids)
            sum += squares[id];
        return (float)(1 / Math.Sqrt(Math.Max(1, sum)));
    }
}
