using Firn.Text;

namespace Firn.Vectors.Training;

/// <summary>A run of tokens that one worker trains on at one learning rate.</summary>
/// <param name="Start">First token.</param>
/// <param name="End">Past the last token.</param>
/// <param name="Text">The text that holds the first token.</param>
internal readonly record struct CorpusBlock(int Start, int End, int Text)
{
    /// <summary>
    /// Tokens a block, as gensim's jobs: long enough to cost nothing, short enough for a smooth learning rate.
    /// </summary>
    private const int Size = 10_000;

    /// <summary>
    /// Cuts a corpus into blocks that end with a text; a text longer than two blocks is cut inside, as gensim cuts it.
    /// </summary>
    public static CorpusBlock[] Cut(RaggedIds corpus)
    {
        var blocks = new List<CorpusBlock>();
        int start = 0,
            startText = 0;
        for (int text = 0; text < corpus.Count; text++)
        {
            int end = corpus.Offsets[text + 1];
            while (end - start >= 2 * Size)
            {
                blocks.Add(new CorpusBlock(start, start + Size, startText));
                start += Size;
                startText = text;
            }
            if (end - start >= Size || (text == corpus.Count - 1 && end > start))
            {
                blocks.Add(new CorpusBlock(start, end, startText));
                start = end;
                startText = text + 1;
            }
        }
        return [.. blocks];
    }
}
