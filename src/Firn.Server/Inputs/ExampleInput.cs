using Firn.Server.Contracts;
using Firn.Server.Inference;
using Firn.Server.Settings;
using Firn.Server.Wire.Serving;
using Firn.Server.Wire.Tensorflow;

namespace Firn.Server.Inputs;

/// <summary>
/// tensorflow.Example messages as inputs: the feature <c>text</c> (bytes) or <c>ids</c> (int64), in the example or the
/// context.
/// </summary>
internal static class ExampleInput
{
    /// <exception cref="ServingException">
    /// There is no example, or one lacks its feature or holds it in another form.
    /// </exception>
    public static ModelInput Read(Input? input, ServingLimits limits)
    {
        (IReadOnlyList<Example> examples, Example? context) = input?.KindCase switch
        {
            Input.KindOneofCase.ExampleList => (input.ExampleList.Examples, null),
            Input.KindOneofCase.ExampleListWithContext => (
                input.ExampleListWithContext.Examples,
                input.ExampleListWithContext.Context
            ),
            _ => throw ServingException.Invalid("Input is empty: it needs example_list or example_list_with_context"),
        };
        if (examples.Count == 0)
            throw ServingException.Invalid("Input is empty: it holds no example");
        var collected = new ExampleInputs(limits);
        for (int i = 0; i < examples.Count; i++)
        {
            if (Feature(examples[i], context, Signatures.TextInput, i) is { } text)
                collected.AddText(Text(text, i));
            else if (Feature(examples[i], context, Signatures.IdsInput, i) is { } ids)
                collected.AddIds(Ids(ids, i));
            else
                throw ServingException.Invalid(
                    $"example {i}: the feature '{Signatures.TextInput}' (or '{Signatures.IdsInput}') is missing"
                );
        }
        return collected.ToInput();
    }

    private static Feature? Feature(Example example, Example? context, string name, int number)
    {
        Feature? own = null,
            shared = null;
        example.Features?.Feature.TryGetValue(name, out own);
        context?.Features?.Feature.TryGetValue(name, out shared);
        if (own is not null && shared is not null)
            throw ServingException.Invalid(
                $"example {number}: the feature '{name}' stands in the context too; it may stand in one of them"
            );
        return own ?? shared;
    }

    private static string Text(Feature feature, int number)
    {
        if (feature.KindCase != Wire.Tensorflow.Feature.KindOneofCase.BytesList)
            throw ServingException.Invalid(
                $"example {number}: the feature '{Signatures.TextInput}' must be a bytes_list"
            );
        if (feature.BytesList.Value.Count != 1)
            throw ServingException.Invalid(
                $"example {number}: the feature '{Signatures.TextInput}' holds {feature.BytesList.Value.Count} "
                    + $"values; it holds one text"
            );
        return JsonValues.Utf8(feature.BytesList.Value[0].Span, $"example {number}");
    }

    private static int[] Ids(Feature feature, int number)
    {
        if (feature.KindCase != Wire.Tensorflow.Feature.KindOneofCase.Int64List)
            throw ServingException.Invalid(
                $"example {number}: the feature '{Signatures.IdsInput}' must be an int64_list"
            );
        int[] ids = new int[feature.Int64List.Value.Count];
        for (int i = 0; i < ids.Length; i++)
        {
            long id = feature.Int64List.Value[i];
            if (id is < 0 or > int.MaxValue)
                throw ServingException.Invalid($"example {number}: id {id} is out of range");
            ids[i] = (int)id;
        }
        return ids;
    }
}
