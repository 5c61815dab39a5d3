using Firn.Files;

namespace Firn.Vectors.Storage;

/// <summary>Words and their rows, as what searches and writes them sees them.</summary>
internal interface IWordTable
{
    /// <summary>Number of words.</summary>
    int Count { get; }

    /// <summary>Values in each row.</summary>
    int Dimension { get; }

    /// <summary>In the order of the rows.</summary>
    IReadOnlyList<string> Words { get; }

    VectorRows Rows { get; }

    /// <summary>Occurrences of each word where they are known, else empty.</summary>
    ReadOnlyMemory<long> Counts { get; }

    /// <summary>Keeps a mapped file where it is while its rows and words are read.</summary>
    MappedHold Hold() => default;

    /// <summary>Copies a row, [E], decoding it where it is stored narrowly.</summary>
    void CopyTo(int row, Span<float> destination);
}
