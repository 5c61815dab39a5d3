using Microsoft.Extensions.Logging;

namespace Firn.Server.Models;

/// <summary>The lines that the catalog writes to the log.</summary>
internal sealed partial class ModelCatalog
{
    [LoggerMessage(1, LogLevel.Information, "{Model} version {Version}: loaded in {Milliseconds:F0} ms")]
    private partial void Loaded(string model, long version, double milliseconds);

    [LoggerMessage(2, LogLevel.Information, "{Model} version {Version}: serving")]
    private partial void Serving(string model, long version);

    [LoggerMessage(3, LogLevel.Error, "{Model} version {Version}: not loaded, {Rest}: {Reason}")]
    private partial void LoadFailed(string model, long version, string rest, string reason);

    [LoggerMessage(4, LogLevel.Information, "{Model} version {Version}: unloaded")]
    private partial void Unloaded(string model, long version);

    [LoggerMessage(7, LogLevel.Warning, "{Root} holds no model yet; a folder NAME/VERSION/ with a bundle is looked for every {Seconds} s")]
    private partial void NoModel(string root, double seconds);

    [LoggerMessage(6, LogLevel.Warning, "{Model} version {Version}: serves, but slowly: {Reason}")]
    private partial void NotSettled(string model, long version, string reason);
}
