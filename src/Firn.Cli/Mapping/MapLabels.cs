namespace Firn.Cli.Mapping;

/// <summary>Which words of a map can be written beside their points without covering one written before.</summary>
internal static class MapLabels
{
    /// <summary>Looks at the words in their order, so the most important ones are written.</summary>
    /// <param name="map">The map.</param>
    /// <param name="side">Length of the square in the unit of the other sizes, such as pixels.</param>
    /// <param name="widthOf">Width of a word, by its number; below 0 for one that cannot be written.</param>
    /// <param name="height">Height of a line.</param>
    /// <param name="gap">From a point to its word.</param>
    public static bool[] Place(WordMap map, double side, Func<int, double> widthOf, double height, double gap)
    {
        var taken = new List<(double Left, double Top, double Right, double Bottom)>();
        var shown = new bool[map.Words.Count];
        // What was asked for comes first.
        foreach (
            int i in map.Seeds.Order().Concat(Enumerable.Range(0, shown.Length).Where(i => !map.Seeds.Contains(i)))
        )
        {
            double width = widthOf(i);
            if (width < 0)
                continue;
            double left = map.Points[i, 0] * side + gap,
                top = map.Points[i, 1] * side - height / 2;
            var box = (Left: left, Top: top, Right: left + width, Bottom: top + height);
            shown[i] = !taken.Exists(other =>
                box.Left < other.Right && other.Left < box.Right && box.Top < other.Bottom && other.Top < box.Bottom
            );
            if (shown[i])
                taken.Add(box);
        }
        return shown;
    }
}
