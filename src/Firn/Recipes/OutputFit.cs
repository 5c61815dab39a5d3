using System.Globalization;
using Firn.Data;
using Firn.Evaluation;
using Firn.Linear;
using Firn.Model;
using Firn.Text;

namespace Firn.Recipes;

/// <summary>What was fitted after the LSTM, on the validation texts or on those that the folds held out.</summary>
/// <param name="EncoderScale">
/// Factor of the LSTM's logits; without a linear part the inverse of the temperature.
/// </param>
/// <param name="LinearScale">Factor of the linear part's logits; null where there is none.</param>
/// <param name="Bias">Added to the logit of two classes.</param>
/// <param name="Texts">Such texts; 0 where the factors are the fixed ones.</param>
/// <param name="ErrorBefore">Expected calibration error of the LSTM alone, before.</param>
/// <param name="ErrorAfter">The same after scaling, of the whole model.</param>
/// <param name="Before">Reliability of the LSTM alone.</param>
/// <param name="After">Reliability of the whole model.</param>
public sealed record OutputCalibration(
    double EncoderScale,
    double? LinearScale,
    double Bias,
    int Texts,
    double ErrorBefore,
    double ErrorAfter,
    IReadOnlyList<ReliabilityBin> Before,
    IReadOnlyList<ReliabilityBin> After
)
{
    internal string Summary =>
        (
            LinearScale is { } wide
                ? $"LSTM * {EncoderScale:f2} + n-grams * {wide:f2}"
                : $"temperature {1 / EncoderScale:f2}"
        ) + $"; calibration error {ErrorBefore:f4} to {ErrorAfter:f4}";
}

/// <summary>
/// Fits what stands after the LSTM: the linear part on the training texts; its weight beside the LSTM's, and thereby
/// the temperature, on the validation texts. Factors are multiplied into the dense layer and the linear weights, so
/// that a saved model has nothing more to do.
/// </summary>
internal static class OutputFit
{
    // Without validation texts: what the tweets give, rounded (docs/accuracy.md).
    private const double DefaultEncoderScale = 0.6,
        DefaultLinearScale = 0.4;

    /// <summary>Texts up to which three penalties are tried.</summary>
    private const int FewTexts = 20_000;

    /// <summary>The scales, and the linear part as the validation texts chose it.</summary>
    /// <param name="Calibration">What was fitted.</param>
    /// <param name="LinearBranch">Its options; null where there is none.</param>
    /// <param name="Evidence">
    /// Held-out losses of the usual linear part and of the one chosen, in words; null where nothing was chosen.
    /// </param>
    public sealed record OutputChoice(
        OutputCalibration Calibration,
        LinearBranchOptions? LinearBranch,
        string? Evidence
    );

    /// <summary>Fits and applies them.</summary>
    /// <param name="model">Gets the linear part.</param>
    /// <param name="vocabulary">Of its words.</param>
    /// <param name="parts">Texts to fit the linear part on, and those to fit scales on.</param>
    /// <param name="branch">The linear part; null for none.</param>
    /// <param name="classWeights">By class; empty for 1.</param>
    /// <param name="labels">The classes.</param>
    /// <param name="threads">Threads to use.</param>
    /// <param name="choose">Whether penalty and naive Bayes' share are chosen by the validation texts.</param>
    public static OutputChoice Run(
        TextClassifier model,
        Vocabulary vocabulary,
        (CorpusPart Train, CorpusPart Validation) parts,
        LinearBranchOptions? branch,
        ReadOnlySpan<float> classWeights,
        LabelMap labels,
        int threads,
        bool choose
    )
    {
        (CorpusPart train, CorpusPart validation) = parts;
        int k = model.Options.OutputSize;
        LabelSets? sets = labels.Sets;
        int workers = threads > 0 ? threads : Environment.ProcessorCount;
        var probabilities = new float[validation.Count * k];
        model.Predict(validation.Texts, probabilities, threads);
        IReadOnlyList<LinearChoice> choices =
            branch is null ? []
            : choose && validation.Count > 0 ? LinearChoice.Among(branch, train.Count <= FewTexts)
            : [LinearChoice.Of(branch)];
        IReadOnlyList<NgramClassifier> linear = branch is null
            ? []
            : NgramClassifier.FitEach(
                train.Texts,
                vocabulary,
                TaskOf(model, train, classWeights, sets),
                branch,
                workers,
                choices
            );

        // Classes by themselves are decisions of yes or no, all scaled alike.
        (k, int[] truth, IReadOnlyList<string> names) = sets is null
            ? (k, validation.Labels, labels.Names)
            : (1, MultiLabelEvaluation.Decisions(validation.Labels, sets), ["no", "yes"]);
        float[] network = LogitBlend.LogitsOf(probabilities, k);
        if (branch is null)
        {
            OutputFitted alone = Fit([network], truth, k, Default(false), names);
            Apply(model, null, alone.Blend);
            return new OutputChoice(alone.Calibration, null, null);
        }
        // Judged as they will be used: beside the network, on texts that the scales were not fitted on.
        OutputFitted[] tried =
        [
            .. linear.Select(part => Fit([network, LogitsOf(part, validation)], truth, k, Default(true), names)),
        ];
        double[][] losses = [.. tried.Select(fit => PairedLoss.Of(fit.Probabilities, truth, k))];
        int best = truth.Length == 0 ? 0 : PairedLoss.Best(losses, 0);
        Apply(model, linear[best], tried[best].Blend);
        string? evidence =
            choices.Count == 1
                ? null
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{choices[best]} of {choices.Count} tried: validation loss {losses[best].Average():0.0000}, "
                        + $"{choices[0]} {losses[0].Average():0.0000}"
                );
        return new OutputChoice(tried[best].Calibration, choices[best].In(branch), evidence);
    }

    /// <summary>What fits where there is nothing to fit on.</summary>
    public static LogitBlend Default(bool linear) => new(linear ? [DefaultEncoderScale, DefaultLinearScale] : [1], 0);

    /// <summary>
    /// Scales for logits, and what they do to the probabilities of texts that they were not fitted on.
    /// </summary>
    /// <param name="Blend">The scales.</param>
    /// <param name="Probabilities">[N,K] of texts, each by scales that were fitted without it.</param>
    /// <param name="Calibration">The figures.</param>
    internal sealed record OutputFitted(LogitBlend Blend, float[] Probabilities, OutputCalibration Calibration);

    /// <summary>Fits scales.</summary>
    /// <param name="logits">[N,K] of the LSTM, and of the linear part where there is one.</param>
    /// <param name="truth">[N].</param>
    /// <param name="k">K.</param>
    /// <param name="start">Scales that are kept unless others do better.</param>
    /// <param name="names">Of the classes.</param>
    public static OutputFitted Fit(
        IReadOnlyList<float[]> logits,
        int[] truth,
        int k,
        LogitBlend start,
        IReadOnlyList<string> names
    )
    {
        (LogitBlend blend, float[] held) =
            truth.Length > 0 ? LogitBlend.FitToFew(logits, truth, k, start) : (start, []);
        EvaluationReport before = SingleLabelEvaluation.Evaluate(
            new LogitBlend([1], 0).Probabilities([logits[0]], k),
            truth,
            names
        );
        EvaluationReport after = SingleLabelEvaluation.Evaluate(held, truth, names);
        return new OutputFitted(
            blend,
            held,
            new OutputCalibration(
                blend.Scales[0],
                logits.Count == 1 ? null : blend.Scales[1],
                blend.Bias,
                truth.Length,
                before.CalibrationError,
                after.CalibrationError,
                before.Reliability,
                after.Reliability
            )
        );
    }

    /// <summary>The linear part on other texts, and the scales as they were fitted before.</summary>
    public static void Refit(
        TextClassifier model,
        Vocabulary vocabulary,
        CorpusPart train,
        LinearBranchOptions? branch,
        ReadOnlySpan<float> classWeights,
        LabelMap labels,
        int threads,
        OutputCalibration fitted
    )
    {
        NgramClassifier? linear = branch is null
            ? null
            : LinearPart(
                model,
                vocabulary,
                train,
                branch,
                classWeights,
                labels.Sets,
                threads > 0 ? threads : Environment.ProcessorCount
            );
        Apply(
            model,
            linear,
            new LogitBlend(
                fitted.LinearScale is { } scale ? [fitted.EncoderScale, scale] : [fitted.EncoderScale],
                fitted.Bias
            )
        );
    }

    private static NgramClassifier LinearPart(
        TextClassifier model,
        Vocabulary vocabulary,
        CorpusPart train,
        LinearBranchOptions branch,
        ReadOnlySpan<float> classWeights,
        LabelSets? sets,
        int threads
    ) =>
        NgramClassifier.FitEach(
            train.Texts,
            vocabulary,
            TaskOf(model, train, classWeights, sets),
            branch,
            threads,
            [LinearChoice.Of(branch)]
        )[0];

    private static NgramClassifier.LinearTask TaskOf(
        TextClassifier model,
        CorpusPart train,
        ReadOnlySpan<float> classWeights,
        LabelSets? sets
    ) => new(train.Labels, model.Options.Classes, classWeights.ToArray(), sets, train.Unseen);

    /// <summary>[N,K] logits of the linear part alone.</summary>
    public static float[] LogitsOf(NgramClassifier linear, CorpusPart part)
    {
        RaggedIds texts = linear.WithUnseen(part.Texts, part.Unseen);
        var logits = new float[texts.Count * linear.OutputSize];
        var scratch = new NgramScratch();
        for (int i = 0; i < texts.Count; i++)
            linear.AddLogits(
                texts[i],
                logits.AsSpan(i * linear.OutputSize, linear.OutputSize),
                scratch,
                texts.UnseenOf(i)
            );
        return logits;
    }

    private static void Apply(TextClassifier model, NgramClassifier? linear, LogitBlend blend)
    {
        foreach (string name in (string[])["dense.kernel", "dense.bias"])
        {
            foreach (ref float weight in model[name].Values.Span)
                weight *= (float)blend.Scales[0];
        }
        foreach (ref float bias in model["dense.bias"].Values.Span)
            bias += (float)blend.Bias;
        linear?.Scale((float)blend.Scales[1], 0);
        model.LinearBranch = linear;
    }
}
