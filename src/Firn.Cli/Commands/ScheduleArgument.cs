using Firn.Cli.Output;
using Firn.Training;

namespace Firn.Cli.Commands;

/// <summary>A schedule as the command line gives it: a name with options, phases as JSON, or a file of those.</summary>
internal static class ScheduleArgument
{
    /// <summary>Reads it.</summary>
    /// <exception cref="ArgumentException">
    /// It is no schedule; the message says what can be written, and names the file.
    /// </exception>
    public static ThawSchedule Read(string text)
    {
        if (!text.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
            return ThawSchedule.Parse(text);
        Inputs.RequireFile(text);
        try
        {
            return ThawSchedule.FromJson(File.ReadAllText(text));
        }
        catch (ArgumentException error)
        {
            throw new ArgumentException($"{text}: {error.Message}", error);
        }
    }
}
