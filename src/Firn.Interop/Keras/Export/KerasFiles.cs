using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Firn.Interop.Hdf5.Writing;

namespace Firn.Interop.Keras.Export;

/// <summary>Writes a list of layers in Keras' two forms.</summary>
internal static class KerasFiles
{
    private const string Version2 = "2.9.0",
        Version3 = "3.3.3";

    // so that a model has one file
    private static readonly DateTimeOffset NoTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>A whole model in HDF5, as Keras 2 saves it; Keras 3 reads it, too.</summary>
    public static void WriteHdf5(IReadOnlyList<KerasExportLayer> layers, Stream stream)
    {
        var root = new Hdf5GroupNode();
        root.Text("keras_version", Version2);
        root.Text("backend", "tensorflow");
        root.Text("model_config", new KerasJson(layers, archive: false).Model().ToJsonString());
        Hdf5GroupNode weights = root.Group("model_weights");
        weights.Text("keras_version", Version2);
        weights.Text("backend", "tensorflow");
        weights.Texts("layer_names", layers.Select(l => l.Name));
        foreach (KerasExportLayer layer in layers)
        {
            Hdf5GroupNode group = weights.Group(layer.Name);
            group.Texts("weight_names", layer.Weights.Select(w => NameOf(layer, w)));
            foreach (KerasExportTensor weight in layer.Weights)
                group.Array(NameOf(layer, weight), weight.Tensor);
        }
        Hdf5Writer.Write(root, stream);
    }

    /// <summary>An archive of Keras 3.</summary>
    public static void WriteArchive(IReadOnlyList<KerasExportLayer> layers, Stream stream)
    {
        var root = new Hdf5GroupNode();
        root.Group("vars");
        foreach (KerasExportLayer layer in layers.Skip(1))
        {
            foreach ((string inner, string name) in layer.Groups)
                root.Group($"layers/{layer.Name}/{inner}vars").Text("name", name);
            foreach (IGrouping<string, KerasExportTensor> group in layer.Weights.GroupBy(w => w.Group))
            {
                int number = 0;
                foreach (KerasExportTensor weight in group)
                    root.Array(
                        FormattableString.Invariant($"layers/{layer.Name}/{group.Key}vars/{number++}"),
                        weight.Tensor
                    );
            }
        }
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        Entry(
            zip,
            "metadata.json",
            new JsonObject { ["keras_version"] = Version3, ["date_saved"] = "1980-01-01@00:00:00" }
        );
        Entry(zip, "config.json", new KerasJson(layers, archive: true).Model());
        using Stream weights = Open(zip, "model.weights.h5");
        Hdf5Writer.Write(root, weights);
    }

    private static string NameOf(KerasExportLayer layer, KerasExportTensor weight) => $"{layer.Name}/{weight.Name}:0";

    private static void Entry(ZipArchive zip, string name, JsonObject content)
    {
        using Stream stream = Open(zip, name);
        stream.Write(Encoding.UTF8.GetBytes(content.ToJsonString()));
    }

    /// <summary>Keras reads the entries as they lie in the file: stored, not deflated.</summary>
    private static Stream Open(ZipArchive zip, string name)
    {
        ZipArchiveEntry entry = zip.CreateEntry(name, CompressionLevel.NoCompression);
        entry.LastWriteTime = NoTime;
        return entry.Open();
    }
}
