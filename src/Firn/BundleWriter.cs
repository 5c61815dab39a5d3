using System.Text.Json;
using Firn.Bundles;
using Firn.Files;
using Firn.Layers;
using Firn.Model;
using Firn.Safetensors;

namespace Firn;

/// <summary>
/// Saves a bundle so that a crash at any moment leaves the old one or the new one. A new folder is written beside its
/// place and renamed. In an existing bundle no file that its <c>model.json</c> names is touched: new files take names
/// that are free (<c>weights.safetensors</c>, else <c>weights.2.safetensors</c>), are flushed to the disk, and one
/// rename replaces <c>model.json</c>; only then the old files go.
/// </summary>
internal sealed class BundleWriter
{
    public const string Vocabulary = "vocabulary",
        Weights = "weights",
        Vectors = "vectors",
        LinearBranch = "wide",
        Pretrained = "pretrained",
        Golden = "golden";
    private static readonly (string Stem, string Extension)[] Parts =
    [
        (Vocabulary, ".txt"),
        (Weights, ".safetensors"),
        (Vectors, ".safetensors"),
        (LinearBranch, ".safetensors"),
        (Pretrained, ".safetensors"),
        (Golden, ".json"),
    ];

    private readonly string _folder;
    private readonly HashSet<string> _inUse;
    private readonly SortedDictionary<string, BundleFile> _files = new(StringComparer.Ordinal);

    private BundleWriter(string folder, HashSet<string> inUse)
    {
        _folder = folder;
        _inUse = inUse;
    }

    /// <summary>Saves.</summary>
    /// <exception cref="IOException">
    /// The folder holds something else, is being saved to by another, or cannot be written.
    /// </exception>
    public static void Save(string folder, Predictor predictor)
    {
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (Directory.Exists(folder))
        {
            using FileStream held = Lock(folder);
            new BundleWriter(folder, FilesInUse(folder)).Write(predictor);
            return;
        }
        string parent = Path.GetDirectoryName(folder) ?? folder;
        Directory.CreateDirectory(parent);
        string beside = Path.Combine(
            parent,
            $".{Path.GetFileName(folder)}.saving-{Environment.ProcessId}-{Guid.NewGuid():n}"
        );
        Directory.CreateDirectory(beside);
        try
        {
            new BundleWriter(beside, []).Write(predictor);
            Directory.Move(beside, folder);
        }
        catch
        {
            Directory.Delete(beside, recursive: true);
            throw;
        }
    }

    /// <summary>Files that the folder's present <c>model.json</c> names, whatever else is wrong with it.</summary>
    private static HashSet<string> FilesInUse(string folder)
    {
        string path = Path.Combine(folder, ModelFile.FileName);
        var names = new HashSet<string>(StringComparer.Ordinal);
        if (File.Exists(path))
        {
            try
            {
                using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
                foreach (JsonProperty file in document.RootElement.GetProperty("files").EnumerateObject())
                    names.Add(file.Value.GetProperty("name").GetString() ?? "");
                return names;
            }
            catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
            {
                throw new IOException(
                    $"{path} is no bundle description, so it is not replaced; move it away or choose another folder.",
                    e
                );
            }
        }
        string? stranger = Directory
            .EnumerateFileSystemEntries(folder)
            .Select(e => Path.GetFileName(e)!)
            .FirstOrDefault(n => !IsOurs(n));
        if (stranger is not null)
            throw new IOException(
                $"{folder} holds '{stranger}' and no bundle, so nothing is saved into it; choose another folder."
            );
        return names;
    }

    private static FileStream Lock(string folder)
    {
        string path = Path.Combine(folder, ".saving");
        try
        {
            return new FileStream(
                path,
                FileMode.OpenOrCreate,
                FileAccess.ReadWrite,
                FileShare.None,
                1,
                FileOptions.DeleteOnClose
            );
        }
        catch (IOException e)
        {
            throw new IOException($"{folder} is being saved to by another process; wait for it ({e.Message}).", e);
        }
    }

    /// <summary>
    /// Whether a name is one that this class gives: <c>weights.safetensors</c>, <c>weights.12.safetensors</c>.
    /// </summary>
    private static bool IsOurs(string name) =>
        name is ".saving" or ModelFile.FileName + ".new"
        || OutputFile.IsTemporary(name)
        || Parts.Any(p =>
            name.StartsWith(p.Stem, StringComparison.Ordinal)
            && name.EndsWith(p.Extension, StringComparison.Ordinal)
            && (
                name.Length == p.Stem.Length + p.Extension.Length
                || (
                    name.Length > p.Stem.Length + p.Extension.Length + 1
                    && name[p.Stem.Length] == '.'
                    && !name.AsSpan(p.Stem.Length + 1, name.Length - p.Stem.Length - p.Extension.Length - 1)
                        .ContainsAnyExceptInRange('0', '9')
                )
            )
        );

    private void Write(Predictor predictor)
    {
        TextClassifier model = predictor.Classifier;
        EmbeddingTable table = model.Embedding;
        using MappedHold hold = table.Hold();
        Add(Vocabulary, predictor.Vocabulary.Save);
        Add(
            Weights,
            stream =>
                SafetensorsWriter.Write(
                    stream,
                    [
                        .. model
                            .Parameters.Where(p => p.Group != ParameterGroup.Embedding)
                            .Select(p => Tensor.Of(p.Name, p.Values, [.. p.Shape])),
                    ]
                )
        );
        List<Tensor> vectors =
        [
            Tensor.Of(BundleReader.RowsTensor, table.InPlace, table.RowCount, table.Dimension),
            Tensor.Of(BundleReader.RowOfTensor, table.RowOf.ToArray(), table.VocabularySize),
        ];
        if (predictor.Trace is { } trace)
            vectors.Add(TraceTensors.CountsOf(trace));
        Add(Vectors, stream => SafetensorsWriter.Write(stream, vectors));
        if (predictor.Trace?.Pretrained is { } before)
        {
            using MappedHold rows = before.Hold();
            Add(Pretrained, stream => SafetensorsWriter.Write(stream, TraceTensors.Of(before)));
        }
        if (model.LinearBranch is { } linear)
            Add(LinearBranch, stream => SafetensorsWriter.Write(stream, LinearBranchTensors.Of(linear)));
        Add(Golden, stream => stream.Write(GoldenFile.Of(predictor).ToBytes()));
        var description = new ModelFile
        {
            FormatVersion = ModelFile.VersionFor(model.Options, predictor.Tokenizer.Options),
            FirnVersion = Bundle.FirnVersion,
            Architecture = model.Options,
            Embedding = new EmbeddingShape(table.VocabularySize, table.RowCount, table.Dimension),
            LinearBranch = model.LinearBranch?.Vectorizer.Options,
            Cleaning = predictor.Tokenizer.Options,
            MaxTokens = predictor.MaxTokens,
            Truncation = predictor.Truncation,
            Labels = predictor.Labels,
            Neutral = predictor.Neutral,
            AbstainBelow = predictor.AbstainBelow,
            Threshold = predictor.Threshold,
            Prior = predictor.Classifier.Prior,
            Data = predictor.Card.Data,
            Metrics = predictor.Card.Metrics,
            Training = predictor.Card.Training,
            Files = _files,
        };
        OutputFile.Write(Path.Combine(_folder, ModelFile.FileName), stream => stream.Write(description.ToBytes()));
        foreach (string old in Directory.EnumerateFiles(_folder).Select(e => Path.GetFileName(e)!).Where(IsOurs))
        {
            if (old != ".saving" && _files.Values.All(f => f.Name != old))
                TryDelete(Path.Combine(_folder, old));
        }
    }

    private void Add(string stem, Action<Stream> write)
    {
        string name = FreeName(stem, Parts.First(p => p.Stem == stem).Extension);
        OutputFile.Write(
            Path.Combine(_folder, name),
            stream =>
            {
                using var hashing = new HashingStream(stream);
                write(hashing);
                _files[stem] = new BundleFile(name, hashing.Written, hashing.Sha256);
            }
        );
    }

    /// <summary>
    /// A name that the present bundle does not use and nothing holds; what a crash left there is removed.
    /// </summary>
    private string FreeName(string stem, string extension)
    {
        for (int number = 1; ; number++)
        {
            string name = number == 1 ? stem + extension : $"{stem}.{number}{extension}";
            if (!_inUse.Contains(name) && TryDelete(Path.Combine(_folder, name)))
                return name;
        }
    }

    private static bool TryDelete(string path)
    {
        try
        {
            File.Delete(path);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return !File.Exists(path); // mapped by a server on Windows: the next save takes it away
        }
    }
}
