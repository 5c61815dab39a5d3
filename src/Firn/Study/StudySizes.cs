namespace Firn.Study;

/// <summary>Sizes to train on, and those larger than the texts are.</summary>
internal readonly record struct StudySizes(int[] Sizes, int[] LeftOut);
