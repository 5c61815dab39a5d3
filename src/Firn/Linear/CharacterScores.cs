namespace Firn.Linear;

/// <summary>
/// What the characters of words say in a linear part, folded into one score a word and output, so that words which no
/// training text has are judged by their spelling at no cost. A text's logits are sum_w s_w / sqrt(max(1, sum_w q_w)) over
/// its tokens, s_w being the weighted sum of the values of the word's runs of characters and q_w their sum of squares, in units of the
/// median training text: the values of TF-IDF, divided by the norm that the text's would have if its words shared no run. A text
/// that says less than the median is not blown up to its length, so that two common words alone decide nothing.
/// </summary>
internal sealed class CharacterScores
{
    /// <param name="scores">[V,K].</param>
    /// <param name="squares">[V].</param>
    public CharacterScores(float[] scores, float[] squares)
    {
        Scores = scores;
        Squares = squares;
    }

    /// <summary>[V,K] what a word adds to each logit.</summary>
    public float[] Scores { get; }

    /// <summary>[V] what it adds to the square of the norm; the median training text has 1.</summary>
    public float[] Squares { get; }

    public long Bytes => sizeof(float) * ((long)Scores.Length + Squares.Length);

    /// <summary>Adds the logits of one text; nothing where no word of it has a known run.</summary>
    public void AddLogits(ReadOnlySpan<int> ids, Span<float> logits)
    {
        float scale = ScaleOf(ids, Squares);
        for (int k = 0; k < logits.Length; k++)
        {
            float sum = 0;
            foreach (int id in ids)
                sum += Scores[id * logits.Length + k];
            logits[k] += scale * sum;
        }
    }

    /// <summary>Adds what each token gives logit <paramref name="output"/> of <paramref name="outputs"/>.</summary>
    public void AddShares(ReadOnlySpan<int> ids, int output, int outputs, double[] shares)
    {
        float scale = ScaleOf(ids, Squares);
        for (int i = 0; i < ids.Length; i++)
            shares[i] += (double)scale * Scores[ids[i] * outputs + output];
    }

    /// <summary>Multiplies the scores.</summary>
    public void Scale(float factor)
    {
        foreach (ref float score in Scores.AsSpan())
            score *= factor;
    }

    /// <summary>What the values of a text are multiplied by.</summary>
    public static float ScaleOf(ReadOnlySpan<int> ids, float[] squares)
    {
        double sum = 0;
        foreach (int id in ids)
            sum += squares[id];
        return (float)(1 / Math.Sqrt(Math.Max(1, sum)));
    }
}
