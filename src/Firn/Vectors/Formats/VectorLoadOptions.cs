namespace Firn.Vectors.Formats;

/// <summary>
/// What to do with a word whose bytes are not valid UTF-8 (word2vec.c cuts long words in mid-character).
/// </summary>
public enum InvalidUtf8Policy
{
    /// <summary>Refuse the file and name the place.</summary>
    Stop,

    /// <summary>Put U+FFFD in the place of the bad bytes, and count.</summary>
    Replace,

    /// <summary>Leave the word out, and count.</summary>
    Skip,
}

/// <summary>How a file of word vectors is read.</summary>
public sealed record VectorLoadOptions
{
    /// <summary>The format; by default it is told from the content, never from the file's name.</summary>
    public VectorFormat Format { get; init; } = VectorFormat.Auto;

    /// <summary>
    /// Rows to read from the start of the file, which usually holds the most frequent words; null reads all.
    /// </summary>
    public int? Limit { get; init; }

    /// <summary>Keep only these words; the others are passed over without being parsed or stored.</summary>
    public IReadOnlyCollection<string>? Only { get; init; }

    /// <summary>What to do with words that are not UTF-8.</summary>
    public InvalidUtf8Policy InvalidUtf8 { get; init; } = InvalidUtf8Policy.Stop;

    /// <summary>The encoding of words; null is UTF-8. With another every word is taken as it comes.</summary>
    public System.Text.Encoding? Encoding { get; init; }

    /// <summary>
    /// Leave out rows that cannot be read (too few or too many numbers, one that is none or not finite), and count
    /// them.
    /// </summary>
    public bool SkipBadRows { get; init; }

    /// <summary>
    /// Refuse a file that holds fewer or more rows than its header says (default). False takes the rows that are there.
    /// </summary>
    public bool TrustHeader { get; init; } = true;

    /// <summary>Threads that parse text; 0 uses every processor.</summary>
    public int Threads { get; init; }

    /// <summary>Numbers in one piece of the table at most; tests set it low.</summary>
    internal int BlockValues { get; init; } = Storage.RowBuilder<float>.DefaultBlockValues;
}

/// <summary>What reading a file of word vectors met.</summary>
public sealed record VectorLoadReport
{
    /// <summary>The format that was read, never <see cref="VectorFormat.Auto"/>.</summary>
    public VectorFormat Format { get; init; }

    /// <summary>The file is packed: by gzip or otherwise, or in an archive.</summary>
    public bool Compressed { get; init; }

    /// <summary>Rows in the file that were looked at, those left out among them.</summary>
    public long Rows { get; init; }

    /// <summary>Rows left out because an earlier row has the same word.</summary>
    public int Duplicates { get; init; }

    /// <summary>The first word that was met twice, or null.</summary>
    public string? FirstDuplicate { get; init; }

    /// <summary>Words with a space inside, as in GloVe 840B.</summary>
    public int WordsWithSpaces { get; init; }

    /// <summary>Rows left out because the word is empty.</summary>
    public int EmptyWords { get; init; }

    /// <summary>
    /// Words with bytes that are not UTF-8, replaced or left out as <see cref="VectorLoadOptions.InvalidUtf8"/> says.
    /// </summary>
    public int InvalidUtf8Words { get; init; }

    /// <summary>Rows left out as <see cref="VectorLoadOptions.SkipBadRows"/> says.</summary>
    public long BadRows { get; init; }

    /// <summary>What was wrong with the first of them, with its place; null for none.</summary>
    public string? FirstBadRow { get; init; }

    /// <summary>Rows left out because <see cref="VectorLoadOptions.Only"/> does not name their word.</summary>
    public long Filtered { get; init; }
}
