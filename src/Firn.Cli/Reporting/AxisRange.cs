namespace Firn.Cli.Reporting;

/// <summary>Where an axis begins and ends.</summary>
internal readonly record struct AxisRange(double Low, double High);
