using Firn.Server.Settings;
using Firn.Server.Contracts;

namespace Firn.Server.Inference;

/// <summary>Gathers the examples of a classify or regress request, which are all texts or all ids.</summary>
internal sealed class ExampleInputs(ServingLimits limits)
{
    private readonly List<string> texts = [];
    private readonly List<int> ids = [];
    private readonly List<int> offsets = [0];

    public void AddText(string text)
    {
        if (offsets.Count > 1)
            throw Mixed();
        texts.Add(text);
        CheckCount(texts.Count);
    }

    public void AddIds(ReadOnlySpan<int> textIds)
    {
        if (texts.Count > 0)
            throw Mixed();
        ids.AddRange(textIds);
        offsets.Add(ids.Count);
        CheckCount(offsets.Count - 1);
    }

    public ModelInput ToInput() => offsets.Count > 1 ? ModelInput.FromIds([.. ids], [.. offsets]) : ModelInput.FromTexts(texts);

    private void CheckCount(int count)
    {
        if (count > limits.MaxInstances)
            throw ServingException.Invalid($"more than {limits.MaxInstances} examples; send them in parts");
    }

    private static ServingException Mixed() =>
        ServingException.Invalid($"the examples mix '{Signatures.TextInput}' and '{Signatures.IdsInput}'; send one kind a request");
}
