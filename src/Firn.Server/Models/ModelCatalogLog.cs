using Microsoft.Extensions.Logging;

namespace Firn.Server.Models;

/// <summary>The lines that the catalog writes to the log.</summary>
internal sealed partial class ModelCatalog
{
    [LoggerMessage(2, LogLevel.Information, "{Model} version {Version}: serving")]
    private partial void Serving(string model, long version);

    [LoggerMessage(4, LogLevel.Information, "{Model} version {Version}: unloaded")]
    private partial void Unloaded(string model, long version);

    [LoggerMessage(
        7,
        LogLevel.Warning,
        "{Root} holds no model yet; a folder NAME/VERSION/ with a bundle is looked for every {Seconds} s"
    )]
    private partial void NoModel(string root, double seconds);
}
