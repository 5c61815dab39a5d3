namespace Firn.Model;

/// <summary>How a <see cref="Scorer"/> keeps the embedding after its product with the LSTM's input weights.</summary>
public enum FoldPrecision
{
    /// <summary>Not at all: the product is done for the words at hand, once each in a call. Least memory.</summary>
    None,

    /// <summary>4H floats a row and direction: scores as without folding.</summary>
    Float32,

    /// <summary>Half of that memory; a row is rounded to 11 bits, scores move by some 1e-4.</summary>
    Float16,

    /// <summary>
    /// Half of that memory, with float32's range; a row is rounded to 8 bits, scores move by some 1e-3.
    /// </summary>
    BFloat16,
}

/// <summary>When a <see cref="Scorer"/> folds a row.</summary>
public enum FoldTime
{
    /// <summary>All rows when the scorer is made, on all threads.</summary>
    Ahead,

    /// <summary>
    /// A row when a text first holds its word; memory grows with the words seen. No locks: threads that meet at a row
    /// both write the same bits.
    /// </summary>
    AtFirstUse,
}
