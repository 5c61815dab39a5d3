using System.CommandLine;
using System.Globalization;

namespace Firn.Cli.Commands;

/// <summary>
/// Options whose default depends on a preset: the parser holds null where nothing was given, and help names the
/// default of each preset.
/// </summary>
internal static class PresetOption
{
    /// <summary>An option for a number.</summary>
    /// <param name="name">With its dashes.</param>
    /// <param name="description">What it decides.</param>
    /// <param name="presets">The presets' names and options.</param>
    /// <param name="value">Reads the default off a preset.</param>
    public static Option<T?> Number<TPreset, T>(
        string name,
        string description,
        IReadOnlyList<(string Name, TPreset Options)> presets,
        Func<TPreset, T> value
    )
        where T : struct, IFormattable =>
        new(name)
        {
            Description =
                description + Defaults(presets, preset => value(preset).ToString(null, CultureInfo.InvariantCulture)),
            HelpName = typeof(T) == typeof(int) ? "N" : "X",
        };

    /// <summary>An option for a number that the preset tweets chooses by the number of texts.</summary>
    /// <param name="name">With its dashes.</param>
    /// <param name="description">What it decides.</param>
    /// <param name="bySize">What tweets chooses, in a few words.</param>
    /// <param name="notebook">The other preset's default.</param>
    public static Option<T?> NumberBySize<T>(string name, string description, string bySize, T notebook)
        where T : struct, IFormattable =>
        new(name)
        {
            Description = string.Create(
                CultureInfo.InvariantCulture,
                $"{description} [default: by the number of texts, {bySize}; notebook: {notebook}]"
            ),
            HelpName = typeof(T) == typeof(int) ? "N" : "X",
        };

    /// <summary>An option for a word.</summary>
    public static Option<string?> Word<TPreset>(
        string name,
        string description,
        IReadOnlyList<(string Name, TPreset Options)> presets,
        Func<TPreset, string> value
    ) => new(name) { Description = description + Defaults(presets, value) };

    /// <summary>An option that is on or off; <c>--name false</c> turns off what a preset turns on.</summary>
    public static Option<bool?> Switch<TPreset>(
        string name,
        string description,
        IReadOnlyList<(string Name, TPreset Options)> presets,
        Func<TPreset, bool> value
    ) =>
        new(name)
        {
            Description =
                description
                + (
                    presets.Any(p => value(p.Options))
                        ? Defaults(presets, preset => value(preset) ? "true" : "false")
                        : ""
                ),
            HelpName = "true|false",
            Arity = ArgumentArity.ZeroOrOne,
            CustomParser = result => result.Tokens.Count == 0 ? true : Parse(result),
        };

    private static bool? Parse(System.CommandLine.Parsing.ArgumentResult result)
    {
        if (bool.TryParse(result.Tokens[0].Value, out bool value))
            return value;
        result.AddError($"expected true or false, not '{result.Tokens[0].Value}'");
        return null;
    }

    private static string Defaults<TPreset>(
        IReadOnlyList<(string Name, TPreset Options)> presets,
        Func<TPreset, string> value
    )
    {
        string first = value(presets[0].Options);
        var others = presets
            .Skip(1)
            .Where(preset => value(preset.Options) != first)
            .Select(preset => $"; {preset.Name}: {value(preset.Options)}");
        return $" [default: {first}{string.Concat(others)}]";
    }
}
