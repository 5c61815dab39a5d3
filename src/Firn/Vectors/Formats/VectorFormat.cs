namespace Firn.Vectors.Formats;

/// <summary>How word vectors are laid out in a file; see docs/vectors.md for the grammar of each.</summary>
public enum VectorFormat
{
    /// <summary>Reading only: tell the format from the first bytes of the file.</summary>
    Auto,

    /// <summary>
    /// A header line "words dimension", then a line a word: the word, a space, the numbers. fastText's .vec is the
    /// same.
    /// </summary>
    Word2VecText,

    /// <summary>
    /// A header line "words dimension", then for each word its UTF-8 bytes, a space and little-endian float32 values.
    /// </summary>
    Word2VecBinary,

    /// <summary>A line a word as in <see cref="Word2VecText"/>, without the header.</summary>
    GloVe,

    /// <summary>
    /// Firn's own: a safetensors file with words and rows, mapped into memory rather than read, in any
    /// <see cref="Storage.VectorPrecision"/>.
    /// </summary>
    Safetensors,
}
