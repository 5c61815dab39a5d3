using System.Text.Json;
using System.Text.Json.Serialization;
using Firn.Kernels;
using Firn.Recipes;

namespace Firn.Tuning;

/// <summary>One training run of a search.</summary>
/// <param name="Candidate">Number of the candidate; 0 is the preset itself.</param>
/// <param name="Rung">0 for the smallest share of the texts, then larger ones.</param>
/// <param name="Texts">Texts it was trained and measured on.</param>
/// <param name="Options">What differs from the preset, as options of <c>firn train</c>.</param>
/// <param name="Accuracy">On texts kept apart from those it was trained on; not the final test's.</param>
/// <param name="Loss">Cross-entropy there.</param>
/// <param name="Seconds">Duration.</param>
public sealed record TuningTrial(
    int Candidate,
    int Rung,
    int Texts,
    string Options,
    double Accuracy,
    double Loss,
    double Seconds
)
{
    /// <summary>Hash of what the trial belongs to: texts, labels, options and seed.</summary>
    public string Search { get; init; } = "";

    /// <summary>The fold that a finalist was measured on, from 1; 0 for trials of the search.</summary>
    public int Fold { get; init; }

    internal string ToJson() => JsonSerializer.Serialize(this, TuningTrialContext.Default.TuningTrial);

    internal static TuningTrial? FromJson(string line) =>
        JsonSerializer.Deserialize(line, TuningTrialContext.Default.TuningTrial);
}

/// <summary>A recipe drawn from the space of choices.</summary>
/// <param name="Number">0 is the preset itself.</param>
/// <param name="Recipe">The options.</param>
/// <param name="Options">What differs from the preset, as options of <c>firn train</c>.</param>
internal sealed record TuningCandidate(int Number, RecipeOptions Recipe, string Options)
{
    /// <summary>
    /// The candidate of that number: each choice stays as the preset has it, or is drawn, one time in two.
    /// </summary>
    public static TuningCandidate Draw(
        RecipeOptions preset,
        int number,
        ulong seed,
        IReadOnlyList<TuningChoice>? choices = null
    )
    {
        RecipeOptions recipe = preset;
        var options = new List<string>();
        CounterRandom random = new CounterRandom(seed).Derive((ulong)number);
        choices ??= TuningChoice.All;
        for (int i = 0; number > 0 && i < choices.Count; i++)
        {
            TuningChoice choice = choices[i];
            string value = choice.Values[random.Below((ulong)(2 * i), choice.Values.Count)];
            RecipeOptions changed = choice.Set(recipe, value);
            if ((random.Uniform((ulong)(2 * i + 1)) < 0.5f && !choice.Always) || changed == recipe)
                continue;
            recipe = changed;
            options.Add($"{choice.Flag} {value}");
        }
        return new TuningCandidate(number, recipe, string.Join(' ', options));
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(TuningTrial))]
internal sealed partial class TuningTrialContext : JsonSerializerContext;
