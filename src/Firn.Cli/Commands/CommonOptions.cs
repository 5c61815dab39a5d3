using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace Firn.Cli.Commands;

/// <summary>Options that mean the same in every command, and the checks of values that a user types.</summary>
internal static class CommonOptions
{
    public static Option<bool> Json() =>
        new("--json")
        {
            Description = "Write one JSON object to standard output and everything else to standard error",
        };

    public static Option<int> Threads() =>
        new Option<int>("--threads")
        {
            Description = "Threads to use; 0 takes every processor",
            DefaultValueFactory = _ => 0,
            HelpName = "N",
        }.Between(0, 1024);

    public static Option<int> Seed(string decides) =>
        new Option<int>("--seed")
        {
            Description = $"Decides {decides}",
            DefaultValueFactory = _ => 42,
            HelpName = "N",
        }.Between(0, int.MaxValue);

    /// <summary>Refuses values outside [low, high] with exit code 2.</summary>
    public static Option<T> Between<T>(this Option<T> option, T low, T high)
        where T : INumber<T>
    {
        option.Validators.Add(result =>
        {
            if (TryGet<T>(result, out var value) && value is not null && !(value >= low && value <= high))
                result.AddError(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{option.Name} must lie between {low} and {high}, not {value}"
                    )
                );
        });
        return option;
    }

    /// <summary>As <see cref="Between{T}(Option{T}, T, T)"/> for an option that may be left out.</summary>
    public static Option<T?> Between<T>(this Option<T?> option, T low, T high)
        where T : struct, INumber<T>
    {
        option.Validators.Add(result =>
        {
            if (TryGet<T?>(result, out var value) && value is { } given && !(given >= low && given <= high))
                result.AddError(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{option.Name} must lie between {low} and {high}, not {given}"
                    )
                );
        });
        return option;
    }

    /// <summary>Accepts only these words and lists them in help.</summary>
    public static TOption OneOf<TOption>(this TOption option, params string[] words)
        where TOption : Option
    {
        option.HelpName ??= string.Join('|', words);
        option.Validators.Add(result =>
        {
            if (TryGet<string>(result, out var value) && value is not null && !words.Contains(value))
                result.AddError($"{option.Name} must be one of {string.Join(", ", words)}, not '{value}'");
        });
        return option;
    }

    // A value that is no number at all has its own error; asking for it here would throw.
    private static bool TryGet<T>(OptionResult result, out T? value)
    {
        try
        {
            value = result.GetValueOrDefault<T>();
            return true;
        }
        catch (InvalidOperationException)
        {
            value = default;
            return false;
        }
    }
}
