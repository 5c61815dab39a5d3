using Firn.Text;

namespace Firn.Cli.Commands;

/// <summary>How the file that a model was trained on was read, so that its own lines are read alike.</summary>
internal static class TrainedEncoding
{
    /// <summary>The encoding that the bundle tells; auto where it tells none.</summary>
    public static string Of(Predictor predictor) => predictor.Card.Data.Reading?.Encoding ?? TextEncodings.Auto;
}
