using Firn.Cli.Output;
using Firn.Interop.Keras;
using Firn.Interop.Keras.Conversion;
using Firn.Model;

namespace Firn.Cli.Commands.Importing;

/// <summary>
/// Options that say what a model has no use for: they would be ignored in silence, and whoever gave them meant
/// something.
/// </summary>
internal static class IdleOptions
{
    private const string ItsOwnWords = "the model makes ids of texts itself, by its TextVectorization layer";

    /// <summary>Refuses them in one line.</summary>
    public static void Refuse(string path, KerasImportOptions given, KerasImport model)
    {
        (string Option, string Why)[] idle = [.. Of(given, model)];
        if (idle.Length == 0)
            return;
        string said = string.Join(
            "; ",
            idle.GroupBy(o => o.Why)
                .Select(same => $"{string.Join(", ", same.Select(o => o.Option))} (here {same.Key})")
        );
        throw new UsageError($"{path}: leave out {said}");
    }

    private static IEnumerable<(string Option, string Why)> Of(KerasImportOptions given, KerasImport model) =>
        Words(given, model).Concat(Answers(given, model)).Where(o => o.Given).Select(o => (o.Option, o.Why));

    private static IEnumerable<(bool Given, string Option, string Why)> Words(
        KerasImportOptions given,
        KerasImport model
    )
    {
        if (model.KeepsPadsOut)
            yield return (given.Padding is not null, "--padding", "the model keeps pads out");
        if (!model.ReadsTexts)
            yield return (given.Vocabulary is not null, "--vocabulary", "the model has no TextVectorization layer");
        if (model.HasWords && !model.ReadsTexts)
            yield break;
        string why = model.ReadsTexts ? ItsOwnWords : "there is no tokenizer";
        yield return (given.NumWords is not null, "--num-words", why);
        yield return (given.OovToken is not null, "--oov-token", why);
        yield return (given.CharLevel is not null, "--char-level", why);
        if (model.ReadsTexts)
        {
            yield return (given.Padding is not null, "--padding", ItsOwnWords);
            yield return (given.Truncating is not null, "--truncating", ItsOwnWords);
        }
        else if (given.Tokenizer is not null)
        {
            yield return (given.Cleaning is not null, "--cleaning", why);
        }
    }

    private static IEnumerable<(bool Given, string Option, string Why)> Answers(
        KerasImportOptions given,
        KerasImport model
    )
    {
        if (!model.AnswersEachStep)
            yield return (given.Step is not null, "--step", "the model gives one answer for a text");
        if (!model.HasBareOutput)
            yield return (given.Output is not null, "--output", "the last layer has an activation");
        string classes = Plural.Of(model.Classes, "class", "classes");
        if (model.OutputUnder(given) is OutputActivation.Softmax)
            yield return (given.Threshold is not null, "--threshold", $"the likeliest of {classes} is the label");
        if (model.OutputUnder(given) is OutputActivation.Softmax)
            yield return (
                given.Neutral is not null,
                "--neutral",
                $"the model tells {classes} apart, and a neutral band lies between two"
            );
        if (model.OutputUnder(given) is OutputActivation.Sigmoids)
            yield return (
                given.Neutral is not null,
                "--neutral",
                "a text has any number of classes, and a neutral band lies between two"
            );
    }
}
