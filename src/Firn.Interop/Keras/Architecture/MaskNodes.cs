using System.Text.Json;
using Firn.Interop.Keras.Layers;

namespace Firn.Interop.Keras.Architecture;

/// <summary>
/// The masks that Keras 3 writes into functional models as nodes of their own: <c>NotEqual(ids, 0)</c>, handed to later
/// layers. They say again what <c>mask_zero</c> of the embedding says, and are left out where they do; else refused.
/// </summary>
internal sealed class MaskNodes(string path)
{
    private readonly Dictionary<string, string> _sources = new(StringComparer.Ordinal);
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    /// <summary>Takes a node that is such a mask.</summary>
    /// <returns>Whether it was one.</returns>
    public bool Take(JsonElement entry, InboundCalls inbound)
    {
        bool mask =
            entry.TryGetProperty("class_name", out JsonElement name)
            && name.ValueEquals("NotEqual")
            && entry.TryGetProperty("module", out JsonElement module)
            && module.ValueKind == JsonValueKind.String
            && module.GetString()!.StartsWith("keras", StringComparison.Ordinal)
            && inbound.Tensors.Count == 1;
        if (mask)
            _sources[entry.TryGetProperty("name", out JsonElement own) ? own.ToString() : ""] = inbound.Tensors[0];
        return mask;
    }

    /// <summary>Notes what a layer takes as its mask.</summary>
    public void Note(InboundCalls inbound)
    {
        if (inbound.Mask is { } mask)
            _used.Add(mask);
    }

    /// <summary>Refuses masks that are none of an embedding's.</summary>
    public void Check(List<GraphNode> nodes)
    {
        foreach (string mask in _used)
        {
            bool implied =
                _sources.TryGetValue(mask, out string? source)
                && nodes.Any(n => n.Layer is EmbeddingLayer { MaskZero: true } && n.Inbound.Contains(source));
            if (!implied)
            {
                throw new InvalidDataException(
                    $"{path}: '{mask}' is given to a layer as its mask and is not "
                        + "that of an Embedding with mask_zero, which is not read. docs/import.md lists what is."
                );
            }
        }
    }
}
