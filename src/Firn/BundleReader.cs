using System.Buffers;
using System.Security.Cryptography;
using Firn.Bundles;
using Firn.Files;
using Firn.Layers;
using Firn.Model;
using Firn.Safetensors;
using Firn.Text;
using Microsoft.Win32.SafeHandles;

namespace Firn;

/// <summary>
/// Loads a bundle and believes none of it: every file's length and hash, every shape, and the golden scores.
/// </summary>
internal static class BundleReader
{
    public const string RowsTensor = ModelLayers.EmbeddingRows;
    public const string RowOfTensor = "embedding.row_of";
    private const string Remedy = "Copy the bundle again from where it was made, or train again.";
    private const int HashBuffer = 1 << 20; // 120 MB take 97 ms; in the 4 KiB of SHA256.HashData, 153 to 194 ms

    /// <summary>Loads; when the bundle is replaced meanwhile, loads the new one.</summary>
    public static Predictor Load(string folder)
    {
        string path = Path.Combine(folder, ModelFile.FileName);
        for (int attempt = 1; ; attempt++)
        {
            byte[] description = ReadDescription(folder, path);
            try
            {
                return Load(folder, ModelFile.FromBytes(description, path));
            }
            catch (Exception e)
                when ((e is InvalidDataException or IOException)
                    && attempt < 20
                    && !ReadDescription(folder, path).AsSpan().SequenceEqual(description)
                )
            {
                // Another process saved while this one read: its new description names the files that now count.
            }
        }
    }

    private static byte[] ReadDescription(string folder, string path)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException(
                Directory.Exists(folder)
                    ? $"{folder} holds no {ModelFile.FileName}, so it is no bundle; name the folder that training "
                        + $"saved."
                    : $"{folder} does not exist; name the folder that training saved.",
                path
            );
        }
        return File.ReadAllBytes(path);
    }

    private static Predictor Load(string folder, ModelFile model)
    {
        List<string> parts = [BundleWriter.Vocabulary, BundleWriter.Weights, BundleWriter.Golden];
        if (model.LinearBranch is not null)
            parts.Add(BundleWriter.LinearBranch);
        if (model.Files.ContainsKey(BundleWriter.Pretrained))
            parts.Add(BundleWriter.Pretrained);
        foreach (string part in parts.Append(BundleWriter.Vectors))
            CheckLength(folder, model, part);
        // The table is nearly all of a bundle: it is hashed while the rest is read.
        Task table = Task.Run(() => CheckContent(folder, model, BundleWriter.Vectors));
        try
        {
            foreach (string part in parts)
                CheckContent(folder, model, part);
            return Read(folder, model, table);
        }
        catch
        {
            // Where the table is damaged too, that is what explains the failure.
            table.GetAwaiter().GetResult();
            throw;
        }
    }

    /// <summary>Reads what was checked; the table's own check must be over before a score counts.</summary>
    private static Predictor Read(string folder, ModelFile model, Task tableChecked)
    {
        Vocabulary vocabulary = ReadVocabulary(PathOf(folder, model, BundleWriter.Vocabulary))
            .WithUnknownIdOf(model.Cleaning);
        var owner = new MappedParts();
        try
        {
            (EmbeddingTable table, int[]? counts) = MapTable(
                PathOf(folder, model, BundleWriter.Vectors),
                model.Embedding,
                vocabulary,
                owner
            );
            var classifier = new TextClassifier(model.Architecture, table, seed: 0) { Prior = model.Prior };
            ReadWeights(PathOf(folder, model, BundleWriter.Weights), classifier);
            if (model.LinearBranch is { } linear)
                classifier.LinearBranch = LinearBranchTensors.Read(
                    PathOf(folder, model, BundleWriter.LinearBranch),
                    linear,
                    classifier.Options.OutputSize,
                    model.Embedding.VocabularySize
                );
            var card = new ModelCard
            {
                Data = model.Data,
                Metrics = model.Metrics,
                Training = model.Training,
                FirnVersion = model.FirnVersion,
            };
            var predictor = new Predictor(new Tokenizer(model.Cleaning), vocabulary, classifier, model.Labels, owner)
            {
                Neutral = model.Neutral,
                AbstainBelow = model.AbstainBelow,
                Threshold = model.Threshold,
                MaxTokens = model.MaxTokens,
                Truncation = model.Truncation,
                Card = card,
                Trace = counts is null
                    ? null
                    : new TrainingTrace(
                        counts,
                        model.Files.ContainsKey(BundleWriter.Pretrained)
                            ? TraceTensors.Map(PathOf(folder, model, BundleWriter.Pretrained), model.Embedding, owner)
                            : null
                    ),
            };
            tableChecked.GetAwaiter().GetResult();
            string golden = PathOf(folder, model, BundleWriter.Golden);
            GoldenFile.FromBytes(File.ReadAllBytes(golden), golden).Check(predictor, golden);
            return predictor;
        }
        catch (ArgumentException e)
        {
            owner.Dispose();
            Throw.BadFile(Path.Combine(folder, ModelFile.FileName), "content", e.Message.TrimEnd('.'), Remedy);
            throw;
        }
        catch
        {
            owner.Dispose();
            throw;
        }
    }

    private static string PathOf(string folder, ModelFile model, string part) =>
        Path.Combine(folder, model.Files[part].Name);

    private static void CheckLength(string folder, ModelFile model, string part)
    {
        if (!model.Files.TryGetValue(part, out BundleFile? file))
            Throw.BadFile(Path.Combine(folder, ModelFile.FileName), "files", $"there is no entry for {part}", Remedy);
        string path = Path.Combine(folder, file.Name);
        if (!File.Exists(path))
            Throw.BadFile(path, "file", "it is missing", Remedy);
        using SafeFileHandle handle = File.OpenHandle(
            path,
            FileMode.Open,
            FileAccess.Read,
            FileShare.Read | FileShare.Delete
        );
        long length = RandomAccess.GetLength(handle);
        if (length != file.Bytes)
            Throw.BadFile(path, "length", $"it has {length} bytes and was saved with {file.Bytes}", Remedy);
    }

    private static void CheckContent(string folder, ModelFile model, string part)
    {
        BundleFile file = model.Files[part];
        string path = Path.Combine(folder, file.Name);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1);
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(file.Bytes, 1, HashBuffer));
        for (int read = stream.Read(buffer); read > 0; read = stream.Read(buffer))
            sha.AppendData(buffer, 0, read);
        ArrayPool<byte>.Shared.Return(buffer);
        string hash = Convert.ToHexStringLower(sha.GetHashAndReset());
        if (hash != file.Sha256)
            Throw.BadFile(path, "content", $"its SHA-256 is {hash} and was {file.Sha256} when saved", Remedy);
    }

    private static Vocabulary ReadVocabulary(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return Vocabulary.Load(stream, path);
    }

    private static (EmbeddingTable Table, int[]? Counts) MapTable(
        string path,
        EmbeddingShape shape,
        Vocabulary vocabulary,
        MappedParts parts
    )
    {
        SafetensorsFile file = SafetensorsFile.Open(path);
        try
        {
            int[] rowOf = file.ReadArray<int>(file.Require(RowOfTensor, TensorType.Int32, vocabulary.Count));
            int[]? counts = TraceTensors.ReadCounts(file, vocabulary.Count);
            MappedValues<float> rows = file.MapFloats(
                file.Require(RowsTensor, TensorType.Float32, shape.Rows, shape.Dimension)
            );
            var table = EmbeddingTable.Mapped(rowOf, rows, shape.Dimension);
            parts.Add(file.Region);
            return (table, counts);
        }
        catch (ArgumentException e)
        {
            file.Dispose();
            Throw.BadFile(path, RowOfTensor, e.Message.TrimEnd('.'), Remedy);
            throw;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static void ReadWeights(string path, TextClassifier classifier)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        foreach (Parameter parameter in classifier.Parameters.Where(p => p.Group != ParameterGroup.Embedding))
            file.ReadArray<float>(file.Require(parameter.Name, TensorType.Float32, [.. parameter.Shape]))
                .CopyTo(parameter.Values);
    }
}
