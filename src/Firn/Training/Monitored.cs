namespace Firn.Training;

/// <summary>A figure of an epoch that a callback watches.</summary>
public enum Monitored
{
    /// <summary>Mean loss of the training batches, dropout on: <c>loss</c>.</summary>
    Loss,

    /// <summary>Accuracy on the training batches, dropout on: <c>accuracy</c>.</summary>
    Accuracy,

    /// <summary>Loss on the validation texts: <c>val_loss</c>.</summary>
    ValidationLoss,

    /// <summary>Accuracy on the validation texts: <c>val_accuracy</c>.</summary>
    ValidationAccuracy,
}

/// <summary>Keras' names of the figures, and which way they improve.</summary>
public static class MonitoredNames
{
    private static readonly (string Name, Monitored Figure)[] All =
    [
        ("loss", Monitored.Loss),
        ("accuracy", Monitored.Accuracy),
        ("val_loss", Monitored.ValidationLoss),
        ("val_accuracy", Monitored.ValidationAccuracy),
    ];

    /// <summary>
    /// The figure of this name. A name that nothing bears is an error: the notebook watches <c>val_acc</c>, which later
    /// versions of Keras call <c>val_accuracy</c>, and its early stopping silently watches nothing.
    /// </summary>
    /// <exception cref="ArgumentException">No figure has this name; the message lists those that exist.</exception>
    public static Monitored Parse(string name)
    {
        foreach ((string known, Monitored figure) in All)
        {
            if (known == name)
                return figure;
        }
        string hint = name switch
        {
            "acc" => "; did you mean accuracy?",
            "val_acc" => "; did you mean val_accuracy?",
            _ => "",
        };
        throw new ArgumentException(
            $"There is no figure '{name}' to watch{hint} (loss, accuracy, val_loss, val_accuracy).",
            nameof(name)
        );
    }

    /// <summary>Keras' name of a figure.</summary>
    public static string NameOf(Monitored figure) => All[(int)figure].Name;

    /// <summary>Whether smaller is better: true of the losses (Keras' mode <c>auto</c>).</summary>
    public static bool FallsWhenBetter(Monitored figure) => figure is Monitored.Loss or Monitored.ValidationLoss;

    /// <summary>Whether the figure is measured on validation texts.</summary>
    public static bool NeedsValidation(Monitored figure) =>
        figure is Monitored.ValidationLoss or Monitored.ValidationAccuracy;

    /// <summary>
    /// Whether <paramref name="value"/> betters <paramref name="best"/> by more than <paramref name="minDelta"/>; NaN
    /// never does.
    /// </summary>
    internal static bool Improves(Monitored figure, double value, double best, double minDelta) =>
        FallsWhenBetter(figure) ? value < best - minDelta : value > best + minDelta;

    /// <summary>What any value betters.</summary>
    internal static double Worst(Monitored figure) =>
        FallsWhenBetter(figure) ? double.PositiveInfinity : double.NegativeInfinity;
}
