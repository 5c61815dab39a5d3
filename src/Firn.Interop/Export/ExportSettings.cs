namespace Firn.Interop.Export;

/// <summary>What an export may leave out or replace.</summary>
public sealed record ExportSettings
{
    /// <summary>
    /// Leaves out the linear part over n-grams that stands beside the layers; the exported model then scores otherwise
    /// than the bundle does. Formats that cannot express it refuse a model with one until this is set.
    /// </summary>
    public bool WithoutLinear { get; init; }

    /// <summary>Replaces files that stand in the place; otherwise they are refused.</summary>
    public bool ReplaceExisting { get; init; }
}

/// <summary>What was written.</summary>
/// <param name="Files">Full paths, the model first.</param>
/// <param name="Notes">Sentences on what differs from the bundle; empty where nothing does.</param>
public sealed record ExportResult(IReadOnlyList<string> Files, IReadOnlyList<string> Notes);
