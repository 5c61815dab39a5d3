using Firn.Interop.Hdf5;
using Firn.Interop.Keras.Weights;
using Firn.Interop.Pickle;

namespace Firn.Interop.Keras;

/// <summary>
/// Models that people pickled: Keras 3 and late Keras 2 put a <c>.keras</c> archive into the pickle, Keras 2.2 a
/// dictionary in the form of its <c>.h5</c> files. The pickle is read as data; nothing of it is run.
/// </summary>
internal static class PickledModel
{
    public static KerasFile Read(string path)
    {
        object? root = PickleFile.Read(path);
        string? found = null;
        foreach (object value in PickleFile.Within(root))
        {
            switch (value)
            {
                case byte[] bytes when bytes.AsSpan().StartsWith("PK\u0003\u0004"u8):
                    using (var stream = new MemoryStream(bytes))
                    using (KerasArchive? archive = KerasArchive.TryOpen(stream, path))
                    {
                        if (archive is not null)
                            return archive.Read();
                    }
                    break;
                case byte[] bytes when bytes.AsSpan().StartsWith(Hdf5File.Signature):
                    using (var stream = new MemoryStream(bytes))
                        return KerasFileReader.ReadHdf5(stream, path, null);
                case PickleDict dictionary
                    when dictionary.TryGet("model_config", out _) && dictionary.TryGet("model_weights", out _):
                    return KerasFileReader.ReadTree(
                        new PickledWeightTree(dictionary, path),
                        KerasFileKind.Pickle,
                        path,
                        null
                    );
                case PickleObject { Type: PickleGlobal type }:
                    found ??= type.ToString();
                    break;
            }
        }
        string what = found is null ? "" : $" but a {found}";
        throw new InvalidDataException(
            $"{path}: byte 0: this pickle holds no Keras model{what}. Save the model with "
                + "model.save('model.keras') and give that file."
        );
    }
}
