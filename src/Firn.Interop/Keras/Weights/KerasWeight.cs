namespace Firn.Interop.Keras.Weights;

/// <summary>A tensor of a layer.</summary>
/// <param name="Role">
/// What it is in its layer, as Keras names it: <c>kernel</c>, <c>recurrent_kernel</c>, <c>bias</c>, <c>embeddings</c>,
/// <c>gamma</c>, <c>beta</c>, <c>moving_mean</c>, <c>moving_variance</c>; of Bidirectional with <c>forward/</c> or
/// <c>backward/</c> before it.
/// </param>
/// <param name="Name">Its name in the file: <c>dense/kernel:0</c>, or <c>layers/dense/vars/0</c> in an archive.</param>
/// <param name="Shape">Its extent.</param>
/// <param name="Values">Its numbers, the last axis next to each other. They are not to be changed.</param>
public sealed record KerasWeight(string Role, string Name, IReadOnlyList<int> Shape, ReadOnlyMemory<float> Values);
