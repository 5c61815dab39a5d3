using System.Collections.Concurrent;
using Firn.Server.Telemetry;
using Microsoft.Extensions.Logging;

namespace Firn.Server.Models;

/// <summary>
/// What is wrong with the folders of models while the server serves on: each problem is logged when it begins, changes
/// and ends, and stands in a metric meanwhile.
/// </summary>
internal sealed partial class FolderProblems(ServerMeters meters, ILogger logger)
{
    public const string Folder = "folder";
    public const string Labels = "labels";
    public const string Load = "load";

    private readonly ConcurrentDictionary<(string Model, string Kind), string> _standing = new();

    /// <summary>What is wrong with a model, in one line; empty when nothing is.</summary>
    public string Of(string model) =>
        string.Join(
            "; ",
            _standing.Where(p => p.Key.Model == model).Select(p => p.Value).Order(StringComparer.Ordinal)
        );

    /// <summary>Sets the problem of one kind; null when there is none.</summary>
    public void Set(string model, string kind, string? problem)
    {
        if (problem is null)
        {
            if (_standing.TryRemove((model, kind), out _))
            {
                meters.Problem(model, kind, stands: false);
                Mended(model, kind);
            }
            return;
        }
        if (_standing.TryGetValue((model, kind), out string? before) && before == problem)
            return;
        _standing[(model, kind)] = problem;
        meters.Problem(model, kind, stands: true);
        // A load that fails has a line of its own for each try.
        if (kind != Load)
            Noticed(model, kind, problem);
    }

    /// <summary>Drops the problems of folders that a look no longer finds.</summary>
    public void KeepOnly(Func<string, bool> known)
    {
        foreach ((string model, string kind) in _standing.Keys)
        {
            if (!known(model) && _standing.TryRemove((model, kind), out _))
                meters.Problem(model, kind, stands: false);
        }
    }

    [LoggerMessage(8, LogLevel.Warning, "{Model}: nothing changes here and all else serves on: {Kind}: {Problem}")]
    private partial void Noticed(string model, string kind, string problem);

    [LoggerMessage(9, LogLevel.Information, "{Model}: {Kind} can be read again")]
    private partial void Mended(string model, string kind);
}
