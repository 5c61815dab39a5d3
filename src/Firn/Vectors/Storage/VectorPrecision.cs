namespace Firn.Vectors.Storage;

/// <summary>How the numbers of a table are stored, in memory and in Firn's own file.</summary>
public enum VectorPrecision
{
    /// <summary>Four bytes a number, without loss.</summary>
    Float32,

    /// <summary>
    /// Two bytes a number (IEEE binary16): a relative error of at most 2^-11 from 6e-5 to 65504 in size; larger ones
    /// are held there.
    /// </summary>
    Float16,

    /// <summary>One byte a number and a scale a row, max|x| / 127: an error of at most half a scale.</summary>
    Int8,
}
