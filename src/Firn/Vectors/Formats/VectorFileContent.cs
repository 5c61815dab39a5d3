using Firn.Files;
using Firn.Vectors.Storage;

namespace Firn.Vectors.Formats;

/// <summary>What a file of vectors holds.</summary>
/// <param name="Index">Its words.</param>
/// <param name="Rows">Their vectors.</param>
/// <param name="Report">What reading it met.</param>
internal sealed record VectorFileContent(IWordIndex Index, VectorRows Rows, VectorLoadReport Report)
{
    /// <summary>Occurrences of each word where the file tells them, else empty.</summary>
    public ReadOnlyMemory<long> Counts { get; init; }

    /// <summary>The same, for those who hold the file; empty where it was read.</summary>
    public ReadOnlyMemory<long> CountsInPlace { get; init; }

    /// <summary>The file where it is mapped; null where it was read.</summary>
    public MappedRegion? Region { get; init; }
}
