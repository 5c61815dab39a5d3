namespace Firn.Files;

/// <summary>The name of each kind of file and what to do with it.</summary>
internal static class KindWords
{
    private const string ToTable = "Save it as CSV, JSON lines or Parquet and read that";
    private const string Vectors =
        "Write the vectors as word2vec text or binary, for instance with gensim's save_word2vec_format";

    /// <summary>Name with its article, and the remedy, a sentence without its full stop.</summary>
    public static (string Name, string Remedy) Of(FileKind kind)
    {
        (string name, string remedy) = Words(kind);
        return (name, remedy + ".");
    }

    private static (string Name, string Remedy) Words(FileKind kind) =>
        kind switch
        {
            FileKind.Empty => ("an empty file", "Name a file that holds data"),
            FileKind.Text => ("a text file", "Name another file"),
            FileKind.Utf16LittleEndian or FileKind.Utf16BigEndian => (
                "text in UTF-16",
                "Write it as UTF-8: iconv -f UTF-16 -t UTF-8 {path}"
            ),
            FileKind.Utf32LittleEndian or FileKind.Utf32BigEndian => (
                "text in UTF-32",
                "Write it as UTF-8: iconv -f UTF-32 -t UTF-8 {path}"
            ),
            FileKind.Gzip => ("a gzip file", "Unpack it first: gunzip {path}"),
            FileKind.Bzip2 => ("a bzip2 file", "Unpack it first: bunzip2 {path}"),
            FileKind.Xz => ("an xz file", "Unpack it first: unxz {path}"),
            FileKind.Zstandard => ("a Zstandard file", "Unpack it first: unzstd {path}"),
            FileKind.Lz4 => ("an LZ4 file", "Unpack it first: unlz4 {path}"),
            FileKind.Compress => ("a file of Unix compress", "Unpack it first: uncompress {path}"),
            FileKind.Zip => ("a zip archive", "Unpack it first: unzip {path}"),
            FileKind.Tar => ("a tar archive", "Unpack it first: tar xf {path}"),
            FileKind.SevenZip => ("a 7z archive", "Unpack it first: 7z x {path}"),
            FileKind.Rar => ("a RAR archive", "Unpack it first: unrar x {path}"),
            FileKind.Parquet => (
                "a Parquet file",
                "Save it as CSV: pandas.read_parquet(path).to_csv(other, index=False)"
            ),
            FileKind.Arrow => (
                "an Arrow or Feather file",
                ToTable + ": pandas.read_feather(path), or datasets.load_from_disk(folder).to_csv(other)"
            ),
            FileKind.Orc => ("an ORC file", ToTable),
            FileKind.Avro => ("an Avro file", ToTable),
            FileKind.Excel => ("an Excel workbook", "Save it as CSV"),
            FileKind.Ole => (
                "an old Excel workbook or Word document (before 2007)",
                "Open it and save it as CSV or .xlsx"
            ),
            FileKind.OfficeDocument => ("an office document", "Open it and save its table as CSV or .xlsx"),
            FileKind.Pdf => ("a PDF document", "Extract its text first, for instance with pdftotext"),
            FileKind.Html => (
                "an HTML page, perhaps of a download that asked for a login",
                "Download the file itself again"
            ),
            FileKind.Xml => ("an XML file", "Write its texts and labels as CSV or JSON lines"),
            FileKind.Rtf => ("a rich text document", "Open it and save it as plain text"),
            FileKind.GitLfsPointer => (
                "a Git LFS pointer, not the data itself",
                "Fetch the data with 'git lfs pull', or download the file by its own link"
            ),
            FileKind.Pickle => ("a pickle of Python, which could run any code", ToTable + "; vectors: " + Vectors),
            FileKind.PyTorch => ("a file that PyTorch saved", Vectors),
            FileKind.NumPy => ("an array of NumPy (.npy), which has no words", Vectors),
            FileKind.NumPyArchive => ("arrays of NumPy (.npz)", Vectors),
            FileKind.Hdf5 => ("an HDF5 file, such as a Keras model", Vectors),
            FileKind.Keras => ("a Keras model (.keras)", Vectors),
            FileKind.Safetensors => ("a safetensors file", "Name a file of the kind that is expected here"),
            FileKind.ProtocolBuffers => (
                "an ONNX model or another file of Protocol Buffers",
                "Name a file of the kind that is expected here"
            ),
            FileKind.Gguf => ("a model in GGUF", "Name a file of the kind that is expected here"),
            FileKind.Sqlite => (
                "an SQLite database",
                "Export its table as CSV: sqlite3 -header -csv {path} 'SELECT * FROM table'"
            ),
            FileKind.FastText => ("a fastText model (.bin)", "Make a table of it with 'firn vectors convert'"),
            FileKind.Image => ("a picture", "Name a file of the kind that is expected here"),
            FileKind.Program => ("a program", "Name a file of the kind that is expected here"),
            FileKind.Statistics => ("a data file of R, Stata, SPSS or MATLAB", ToTable),
            _ => (
                "a binary file of an unknown kind",
                "Name a file of text, or of a format that the documentation lists"
            ),
        };
}
