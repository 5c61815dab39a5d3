using Firn.Data;

namespace Firn.Cli.Commands;

/// <summary>How the file that a model was trained on was read, so that its own lines are read alike.</summary>
internal static class TrainedEncoding
{
    /// <summary>The encoding that the bundle tells; auto where it tells none.</summary>
    public static string Of(Predictor predictor) =>
        predictor.Card.Data.Reading?.Encoding is { } name && !IsUnicode(name) ? name : TextEncodings.Auto;

    // UTF-16 in a training file says little of a pipe, and is recognised where it stands.
    private static bool IsUnicode(string name) =>
        name.StartsWith("utf-16", StringComparison.Ordinal) || name.StartsWith("utf-32", StringComparison.Ordinal);
}
