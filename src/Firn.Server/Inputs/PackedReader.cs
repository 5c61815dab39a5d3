using Firn.Client;
using Firn.Server.Contracts;
using Firn.Server.Inference;
using Firn.Server.Settings;

namespace Firn.Server.Inputs;

/// <summary>Reads a body of packed ids.</summary>
internal static class PackedReader
{
    /// <exception cref="ServingException">The bytes are no packed ids, or pass a limit.</exception>
    public static PredictRequest Read(ReadOnlySpan<byte> body, ServingLimits limits)
    {
        try
        {
            (int[] ids, int[] offsets) = PackedIds.Read(body, limits.MaxInstances, limits.MaxTokens);
            return new PredictRequest(ModelInput.FromIds(ids, offsets), Rows: true, Vocabulary: null);
        }
        catch (InvalidDataException error)
        {
            throw ServingException.Invalid($"packed ids: {error.Message}");
        }
    }
}
