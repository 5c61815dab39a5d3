using System.Text.Json;
using Firn.Files;
using Firn.Interop.Hdf5;
using Firn.Interop.Keras.Architecture;
using Firn.Interop.Keras.Weights;
using Firn.Interop.Pickle;

namespace Firn.Interop.Keras;

/// <summary>Tells the kinds of model files apart and reads each.</summary>
internal static class KerasFileReader
{
    private const string Remedy = "Give a model that Keras saved: .h5, .keras, or weights with their JSON.";

    public static KerasFile Load(string path, string? architecture)
    {
        Stream raw = InputFile.OpenPacked(path);
        using (raw)
        {
            if (raw.CanSeek && KerasArchive.TryOpen(raw, path) is { } archive)
            {
                using (archive)
                    return archive.Read();
            }
        }
        using Stream stream = InputFile.OpenSeekable(path);
        var head = new byte[FileKinds.HeadLength];
        int length = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        FileKind kind = FileKinds.Recognize(head.AsSpan(0, length));
        if (kind == FileKind.Hdf5)
            return ReadHdf5(stream, path, architecture);
        if (kind == FileKind.Pickle || (kind == FileKind.Binary && PickleFile.MayBegin(head.AsSpan(0, length))))
            return PickledModel.Read(path);
        if (kind == FileKind.Text && Json.Begins(path))
            throw new InvalidDataException($"{path}: this is JSON, an architecture without its weights. {Remedy}");
        string remedy = kind is FileKind.GitLfsPointer or FileKind.Html ? kind.Remedy(path) : Remedy;
        throw new InvalidDataException(
            $"{path}: byte 0: this is {kind.InWords()} where a Keras model is expected. {remedy}"
        );
    }

    /// <summary>A whole model, or weights whose architecture is JSON elsewhere.</summary>
    /// <param name="stream">The HDF5 file; it stays open.</param>
    /// <param name="path">What errors call it.</param>
    /// <param name="architecture">The JSON, where it is given.</param>
    public static KerasFile ReadHdf5(Stream stream, string path, string? architecture)
    {
        using Hdf5File file = Hdf5File.Open(new Hdf5Input(stream, 0, stream.Length, path, leaveOpen: true));
        var tree = new Hdf5WeightTree(file.Root);
        return ReadTree(tree, KerasFileKind.Hdf5, path, architecture);
    }

    /// <summary>A model in the form of an HDF5 file.</summary>
    public static KerasFile ReadTree(WeightTree tree, KerasFileKind kind, string path, string? architecture)
    {
        if (tree.Text("model_config") is { } config)
        {
            WeightTree weights =
                tree.Group("model_weights")
                ?? throw new InvalidDataException($"{path}: the model has no group 'model_weights'. {Remedy}");
            return Json.Guarded(
                path,
                () =>
                {
                    using JsonDocument whole = Json.Parse(path, config);
                    return Read(whole, tree, weights, kind, path);
                }
            );
        }
        if (!LegacyWeights.Has(tree) && !ArchiveWeights.Has(tree))
        {
            bool inner = tree.Group("model_weights") is not null;
            string what = inner ? "weights without an architecture" : "no model of Keras";
            throw new InvalidDataException($"{path}: this HDF5 file holds {what}. {Remedy}");
        }
        string json = architecture ?? ArchitectureBeside.Find(path, tree);
        return Json.Guarded(
            json,
            () =>
            {
                using JsonDocument beside = Json.Read(json);
                return Read(beside, tree, tree, KerasFileKind.Hdf5WithJson, json, path);
            }
        );
    }

    /// <summary>Reads the graph and gives its layers their weights.</summary>
    /// <param name="document">The architecture.</param>
    /// <param name="root">Where the version may stand.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="kind">The form.</param>
    /// <param name="path">The file of the architecture.</param>
    /// <param name="weightsPath">The file of the weights, where it is another.</param>
    private static KerasFile Read(
        JsonDocument document,
        WeightTree root,
        WeightTree weights,
        KerasFileKind kind,
        string path,
        string? weightsPath = null
    )
    {
        JsonElement json = document.RootElement;
        string? version = root.Text("keras_version") ?? weights.Text("keras_version") ?? Text(json, "keras_version");
        string? backend = root.Text("backend") ?? weights.Text("backend") ?? Text(json, "backend");
        ModelGraph graph = new ModelReader(path, Keras.KerasVersion.Parse(version)).Read(json);
        var assignment = new WeightAssignment(weightsPath ?? path, backend);
        if (LegacyWeights.Has(weights))
            LegacyWeights.Assign(weights, graph, assignment);
        else
            ArchiveWeights.Assign(weights, graph, assignment);
        return KerasFile.Of(kind, version, backend, graph, assignment);
    }

    internal static string? Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object
        && json.TryGetProperty(name, out JsonElement value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
