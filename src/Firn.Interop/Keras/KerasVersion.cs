using System.Globalization;

namespace Firn.Interop.Keras;

/// <summary>The version of Keras that wrote a model, as far as its meaning depends on it.</summary>
/// <param name="Major">1, 2 or 3; 0 where the file does not say.</param>
/// <param name="Minor">The second number.</param>
/// <param name="Patch">The third number.</param>
/// <param name="InTensorFlow">
/// It was the one within TensorFlow, which wrote <c>-tf</c> behind its number for a while.
/// </param>
internal readonly record struct KerasVersion(int Major, int Minor, int Patch, bool InTensorFlow)
{
    /// <summary>Reads <c>2.3.0-tf</c> and its like; nothing gives zeros.</summary>
    public static KerasVersion Parse(string? text)
    {
        if (text is null)
            return default;
        string[] parts = text.Split('-', 2);
        int[] numbers =
        [
            .. parts[0]
                .Split('.')
                .Concat(["0", "0", "0"])
                .Take(3)
                .Select(p => int.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out int n) ? n : 0),
        ];
        return new KerasVersion(numbers[0], numbers[1], numbers[2], parts.Length > 1 && parts[1] == "tf");
    }

    /// <summary>hard_sigmoid has a slope of 1/6 from Keras 3 on, and of 0.2 before.</summary>
    public bool HasHardSigmoidOfSixths => Major >= 3;

    /// <summary>
    /// Bidirectional gives zeros at masked steps of a sequence since TensorFlow 1.13 (2.2.4-tf); Keras of its own, up
    /// to
    /// 2.3, repeats the step before.
    /// </summary>
    public bool ZeroesMaskedSteps =>
        Major is 0 or >= 3 || (Major == 2 && (Minor >= 4 || (InTensorFlow && (Minor, Patch).CompareTo((2, 4)) >= 0)));
}
