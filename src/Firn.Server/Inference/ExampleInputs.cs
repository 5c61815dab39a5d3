using Firn.Server.Contracts;
using Firn.Server.Settings;

namespace Firn.Server.Inference;

/// <summary>Gathers the examples of a classify or regress request, which are all texts or all ids.</summary>
internal sealed class ExampleInputs(ServingLimits limits)
{
    private readonly List<string> _texts = [];
    private readonly List<int> _ids = [];
    private readonly List<int> _offsets = [0];

    public void AddText(string text)
    {
        if (_offsets.Count > 1)
            throw Mixed();
        _texts.Add(text);
        CheckCount(_texts.Count);
    }

    public void AddIds(ReadOnlySpan<int> textIds)
    {
        if (_texts.Count > 0)
            throw Mixed();
        _ids.AddRange(textIds);
        _offsets.Add(_ids.Count);
        CheckCount(_offsets.Count - 1);
    }

    public ModelInput ToInput() =>
        _offsets.Count > 1 ? ModelInput.FromIds([.. _ids], [.. _offsets]) : ModelInput.FromTexts(_texts);

    private void CheckCount(int count)
    {
        if (count > limits.MaxInstances)
            throw ServingException.Invalid($"more than {limits.MaxInstances} examples; send them in parts");
    }

    private static ServingException Mixed() =>
        ServingException.Invalid(
            $"the examples mix '{Signatures.TextInput}' and '{Signatures.IdsInput}'; send one kind a request"
        );
}
