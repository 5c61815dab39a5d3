using Firn.Numerics;

namespace Firn.Cli.Reporting;

/// <summary>A word in the plane, before training and after.</summary>
internal readonly record struct MapPoint(string Word, bool Seen, PlanePoint Before, PlanePoint After);
