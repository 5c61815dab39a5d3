namespace Firn.Model;

/// <summary>The encoders by the words of <c>--encoder</c>.</summary>
public static class EncoderNames
{
    private static readonly (string Name, EncoderKind Kind, bool Bidirectional)[] Known =
    [
        ("lstm", EncoderKind.Lstm, false),
        ("bilstm", EncoderKind.Lstm, true),
        ("gru", EncoderKind.Gru, false),
        ("bigru", EncoderKind.Gru, true),
        ("cnn", EncoderKind.Convolution, false),
        ("mean", EncoderKind.Mean, false),
    ];

    /// <summary>lstm, bilstm, gru, bigru, cnn, mean.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Known.Select(encoder => encoder.Name)];

    /// <summary>The name of the options' encoder.</summary>
    public static string Of(ClassifierOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Known.First(e => e.Kind == options.Encoder && e.Bidirectional == options.Bidirectional).Name;
    }

    /// <summary>
    /// The options with another encoder and the pooling that goes with it: the largest of a cnn's, the mean of a mean's
    /// outputs.
    /// </summary>
    /// <exception cref="ArgumentException">There is no such encoder; the message lists those there are.</exception>
    public static ClassifierOptions With(ClassifierOptions options, string name)
    {
        ArgumentNullException.ThrowIfNull(options);
        (string found, EncoderKind kind, bool both) = Array.Find(Known, e => e.Name == name);
        if (found is null)
            throw new ArgumentException(
                $"There is no encoder '{name}'; choose among {string.Join(", ", All)}.",
                nameof(name)
            );
        Pooling pooling = kind switch
        {
            EncoderKind.Convolution => Pooling.Max,
            EncoderKind.Mean => Pooling.Mean,
            _ => options.Pooling,
        };
        return options with { Encoder = kind, Bidirectional = both, Pooling = pooling };
    }
}
