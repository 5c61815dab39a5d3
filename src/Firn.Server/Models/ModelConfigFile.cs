using System.Globalization;
using System.Text;
using Firn.Server.Contracts;
using Firn.Server.Settings;
using Firn.Server.Wire.Serving;
using Policy = Firn.Server.Wire.Serving.FileSystemStoragePathSourceConfig.Types.ServableVersionPolicy;

namespace Firn.Server.Models;

/// <summary>
/// The list of models in TensorFlow Serving's form: its message, and its text in a file
/// (<c>model_config_list { config { name: "tweets" base_path: "tweets" } }</c>).
/// </summary>
internal static class ModelConfigFile
{
    /// <summary>Fields that TensorFlow Serving's files have and that mean nothing here.</summary>
    private static readonly HashSet<string> Skipped = ["model_type", "logging_config"];

    /// <summary>The models that a file's text names.</summary>
    /// <param name="path">The file's name, for messages.</param>
    /// <param name="text">Its content.</param>
    /// <param name="root">What a relative <c>base_path</c> is relative to.</param>
    /// <exception cref="InvalidDataException">The text is no such list.</exception>
    public static IReadOnlyList<ModelConfiguration> Parse(string path, string text, string root)
    {
        ModelServerConfig config = TextProtoReader.Read<ModelServerConfig>(path, text, Skipped);
        if (config.ConfigCase != ModelServerConfig.ConfigOneofCase.ModelConfigList)
            throw new InvalidDataException(
                $"{path}: expected model_config_list {{ config {{ name: \"...\" base_path: \"...\" }} }}"
            );
        try
        {
            return Read(config.ModelConfigList, root);
        }
        catch (ServingException error)
        {
            throw new InvalidDataException($"{path}: {error.Message}", error);
        }
    }

    /// <summary>The models of a message.</summary>
    /// <exception cref="ServingException">A name is no name, or stands twice, or a policy names no version.</exception>
    public static IReadOnlyList<ModelConfiguration> Read(ModelConfigList list, string root)
    {
        string full = Path.GetFullPath(root);
        var models = new List<ModelConfiguration>();
        foreach (ModelConfig model in list.Config)
        {
            CheckName(model.Name);
            if (models.Exists(m => m.Name == model.Name))
                throw ServingException.Invalid($"model '{model.Name}' is named twice");
            if (model.BasePath.Contains("://", StringComparison.Ordinal) || model.BasePath.Contains('\0'))
                throw ServingException.Invalid(
                    $"model '{model.Name}': base_path '{model.BasePath}' is no folder of this machine"
                );
            string path = Path.TrimEndingDirectorySeparator(
                Path.GetFullPath(model.BasePath.Length > 0 ? model.BasePath : model.Name, full)
            );
            models.Add(
                new ModelConfiguration(model.Name, path, Read(model), new Dictionary<string, long>(model.VersionLabels))
            );
        }
        return models;
    }

    /// <summary>Refuses what cannot stand in a path of a request.</summary>
    public static void CheckName(string name)
    {
        if (
            name.Length is 0 or > 255
            || name is "." or ".."
            || name.AsSpan().ContainsAny(['/', '\\', ':'])
            || name.Any(char.IsControl)
        )
            throw ServingException.Invalid(
                $"'{name}' is no model name; it has 1 to 255 characters, none of them a slash, a colon or a control "
                    + $"character"
            );
    }

    /// <summary>The text of a list of models; folders below the root are written relative to it.</summary>
    public static string Text(IEnumerable<ModelConfiguration> models, string root)
    {
        string full = Path.GetFullPath(root);
        var text = new StringBuilder("model_config_list {\n");
        foreach (ModelConfiguration model in models)
        {
            string below = Path.GetRelativePath(full, model.Path);
            text.Append("  config {\n    name: ").Append(Quoted(model.Name));
            text.Append("\n    base_path: ")
                .Append(Quoted(below.StartsWith("..", StringComparison.Ordinal) ? model.Path : below));
            text.Append("\n    model_platform: \"firn\"\n    model_version_policy { ")
                .Append(Shown(model.Policy))
                .Append(" }\n");
            foreach ((string label, long version) in model.Labels.OrderBy(l => l.Key, StringComparer.Ordinal))
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"    version_labels {{ key: {Quoted(label)} value: {version} }}\n"
                );
            text.Append("  }\n");
        }
        return text.Append("}\n").ToString();
    }

    private static string Shown(VersionPolicy policy)
    {
        if (policy.Versions is { } versions)
        {
            string numbers = string.Join(
                ' ',
                versions.Select(v => "versions: " + v.ToString(CultureInfo.InvariantCulture))
            );
            return $"specific {{ {numbers} }}";
        }
        return policy.Latest == int.MaxValue
            ? "all { }"
            : string.Create(CultureInfo.InvariantCulture, $"latest {{ num_versions: {policy.Latest} }}");
    }

    private static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (char c in text)
        {
            if (c is '"' or '\\')
                quoted.Append('\\').Append(c);
            else if (char.IsControl(c) && c < 128)
                quoted.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}");
            else
                quoted.Append(c);
        }
        return quoted.Append('"').ToString();
    }

    private static VersionPolicy Read(ModelConfig model)
    {
        Policy? policy = model.ModelVersionPolicy;
        return policy?.PolicyChoiceCase switch
        {
            Policy.PolicyChoiceOneofCase.All => VersionPolicy.All,
            Policy.PolicyChoiceOneofCase.Latest => VersionPolicy.LatestOf(
                (int)Math.Clamp(policy.Latest.NumVersions, 1, int.MaxValue)
            ),
            Policy.PolicyChoiceOneofCase.Specific
                when policy.Specific.Versions.Count > 0 && policy.Specific.Versions.All(v => v >= 0) =>
                VersionPolicy.Specific(policy.Specific.Versions),
            Policy.PolicyChoiceOneofCase.Specific => throw ServingException.Invalid(
                $"model '{model.Name}': a specific policy names at least one version, none of them negative"
            ),
            _ => VersionPolicy.Newest,
        };
    }
}
