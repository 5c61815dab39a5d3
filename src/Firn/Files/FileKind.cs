namespace Firn.Files;

/// <summary>What a file is, by its first bytes.</summary>
public enum FileKind
{
    /// <summary>No byte at all.</summary>
    Empty,

    /// <summary>Characters in UTF-8 or in a code page of one or two bytes.</summary>
    Text,

    /// <summary>Characters of two bytes, the low one first, with or without a byte order mark.</summary>
    Utf16LittleEndian,

    /// <summary>Characters of two bytes, the high one first, with or without a byte order mark.</summary>
    Utf16BigEndian,

    /// <summary>Characters of four bytes, the low one first.</summary>
    Utf32LittleEndian,

    /// <summary>Characters of four bytes, the high one first.</summary>
    Utf32BigEndian,

    /// <summary>Bytes that are no text and of no known kind.</summary>
    Binary,

    /// <summary>gzip, of one member or more.</summary>
    Gzip,

    /// <summary>bzip2.</summary>
    Bzip2,

    /// <summary>xz.</summary>
    Xz,

    /// <summary>Zstandard.</summary>
    Zstandard,

    /// <summary>LZ4 frames.</summary>
    Lz4,

    /// <summary>The format of Unix <c>compress</c>, .Z.</summary>
    Compress,

    /// <summary>A zip archive that is none of the formats built on it.</summary>
    Zip,

    /// <summary>A tar archive.</summary>
    Tar,

    /// <summary>A 7z archive.</summary>
    SevenZip,

    /// <summary>A RAR archive.</summary>
    Rar,

    /// <summary>Apache Parquet.</summary>
    Parquet,

    /// <summary>Apache Arrow's file or stream format; Feather.</summary>
    Arrow,

    /// <summary>Apache ORC.</summary>
    Orc,

    /// <summary>Apache Avro.</summary>
    Avro,

    /// <summary>An Excel workbook, .xlsx.</summary>
    Excel,

    /// <summary>An OLE file: an Excel workbook (.xls) or Word document of before 2007.</summary>
    Ole,

    /// <summary>A document of Word, PowerPoint or OpenOffice.</summary>
    OfficeDocument,

    /// <summary>PDF.</summary>
    Pdf,

    /// <summary>An HTML page.</summary>
    Html,

    /// <summary>XML.</summary>
    Xml,

    /// <summary>Rich text, .rtf.</summary>
    Rtf,

    /// <summary>The few lines that Git LFS keeps in the place of a file.</summary>
    GitLfsPointer,

    /// <summary>A pickle of Python: pandas, gensim, joblib.</summary>
    Pickle,

    /// <summary>A model or tensor that PyTorch saved.</summary>
    PyTorch,

    /// <summary>An array of NumPy, .npy.</summary>
    NumPy,

    /// <summary>Arrays of NumPy in a zip archive, .npz.</summary>
    NumPyArchive,

    /// <summary>HDF5, also Keras' .h5.</summary>
    Hdf5,

    /// <summary>A model that Keras 3 saved, .keras.</summary>
    Keras,

    /// <summary>safetensors.</summary>
    Safetensors,

    /// <summary>ONNX or another message of Protocol Buffers.</summary>
    ProtocolBuffers,

    /// <summary>GGUF, the models of llama.cpp.</summary>
    Gguf,

    /// <summary>SQLite, also Magnitude's vectors.</summary>
    Sqlite,

    /// <summary>A fastText model with its magic number.</summary>
    FastText,

    /// <summary>A picture.</summary>
    Image,

    /// <summary>A program or shared library.</summary>
    Program,

    /// <summary>Data of R, Stata, SPSS or MATLAB.</summary>
    Statistics,
}
