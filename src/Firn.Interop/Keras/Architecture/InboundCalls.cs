using System.Text.Json;

namespace Firn.Interop.Keras.Architecture;

/// <summary>What a layer of a functional model takes: the tensors it is called with, and its mask.</summary>
/// <param name="Tensors">Names of the layers whose output it takes, in order.</param>
/// <param name="Mask">The name of what it takes as its mask; null where it is not said.</param>
internal readonly record struct InboundCalls(IReadOnlyList<string> Tensors, string? Mask)
{
    private const int MaxDepth = 8;

    /// <summary>
    /// Reads <c>inbound_nodes</c>: nested lists in Keras 1 and 2, objects of Keras tensors in Keras 3.
    /// </summary>
    public static InboundCalls Read(string path, string layer, JsonElement entry)
    {
        if (
            !entry.TryGetProperty("inbound_nodes", out JsonElement calls)
            || calls.ValueKind != JsonValueKind.Array
            || calls.GetArrayLength() == 0
        )
            return new InboundCalls([], null);
        var reader = new Reader(path, layer);
        if (calls.GetArrayLength() > 1)
            throw reader.Unsupported("is called more than once (a shared layer)");
        if (calls[0].ValueKind == JsonValueKind.Object)
            reader.Call3(calls[0]);
        else
            reader.Call2(calls[0], 0);
        return new InboundCalls(reader.Tensors, reader.Mask);
    }

    /// <summary>The names of the layers at a model's ends: one alone, or a list.</summary>
    public static IEnumerable<string> Ends(string path, JsonElement config, string name)
    {
        if (!config.TryGetProperty(name, out JsonElement ends))
        {
            throw new InvalidDataException(
                $"{path}: the model has no '{name}'. The file is damaged; save the model again."
            );
        }
        var names = new List<string>();
        Walk(ends, 0);
        return names;

        void Walk(JsonElement end, int depth)
        {
            bool list = end.ValueKind == JsonValueKind.Array;
            if (list && end.GetArrayLength() > 0 && end[0].ValueKind == JsonValueKind.String)
            {
                names.Add(end[0].GetString()!);
            }
            else if (depth < MaxDepth && (list || end.ValueKind == JsonValueKind.Object))
            {
                // Keras 3 keeps the names that a dictionary of inputs or outputs had.
                IEnumerable<JsonElement> inner = list
                    ? end.EnumerateArray()
                    : end.EnumerateObject().Select(p => p.Value);
                foreach (JsonElement item in inner)
                    Walk(item, depth + 1);
            }
        }
    }

    private sealed class Reader(string path, string layer)
    {
        public List<string> Tensors { get; } = [];

        public string? Mask { get; private set; }

        /// <summary>A list of [layer, call, output, arguments], or one of these alone.</summary>
        public void Call2(JsonElement call, int depth)
        {
            if (call.ValueKind != JsonValueKind.Array || depth > MaxDepth)
                throw Unsupported("takes something else than outputs of layers");
            if (call.GetArrayLength() >= 3 && call[0].ValueKind == JsonValueKind.String)
            {
                Tensors.Add(Tensor(call));
                if (call.GetArrayLength() > 3 && call[3].ValueKind == JsonValueKind.Object)
                    Arguments(call[3]);
                return;
            }
            foreach (JsonElement item in call.EnumerateArray())
                Call2(item, depth + 1);
        }

        public void Call3(JsonElement call)
        {
            if (call.TryGetProperty("args", out JsonElement args))
                Tensors3(args, 0);
            if (call.TryGetProperty("kwargs", out JsonElement kwargs) && kwargs.ValueKind == JsonValueKind.Object)
                Arguments(kwargs);
        }

        public InvalidDataException Unsupported(string how) =>
            new($"{path}: layer '{layer}' {how}, which is not read. docs/import.md lists what is.");

        private void Tensors3(JsonElement args, int depth)
        {
            if (History(args) is { } history)
            {
                Tensors.Add(Tensor(history));
            }
            else if (args.ValueKind == JsonValueKind.Array && depth < MaxDepth)
            {
                foreach (JsonElement item in args.EnumerateArray())
                    Tensors3(item, depth + 1);
            }
        }

        /// <summary>
        /// Whether it trains is of no matter here; a mask is looked at later; all else changes what is meant.
        /// </summary>
        private void Arguments(JsonElement arguments)
        {
            foreach (JsonProperty argument in arguments.EnumerateObject())
            {
                JsonElement value = argument.Value;
                bool isOff = value.ValueKind is JsonValueKind.Null or JsonValueKind.False;
                if (argument.Name == "mask" && !isOff)
                    Mask = Tensor(History(value) ?? value);
                else if (!isOff && argument.Name is not ("inputs" or "input_shape"))
                    throw Unsupported($"is called with {argument.Name}");
                else if (History(value) is { } history)
                    Tensors.Add(Tensor(history));
            }
        }

        private static JsonElement? History(JsonElement value) =>
            value.ValueKind == JsonValueKind.Object
            && value.TryGetProperty("class_name", out JsonElement name)
            && name.ValueEquals("__keras_tensor__")
            && value.TryGetProperty("config", out JsonElement config)
            && config.ValueKind == JsonValueKind.Object
            && config.TryGetProperty("keras_history", out JsonElement history)
                ? history
                : null;

        /// <summary>A tensor by [layer, call, output]: the only output of the only call.</summary>
        private string Tensor(JsonElement tensor)
        {
            bool first =
                tensor.ValueKind == JsonValueKind.Array
                && tensor.GetArrayLength() >= 3
                && tensor[0].ValueKind == JsonValueKind.String
                && IsZero(tensor[1])
                && IsZero(tensor[2]);
            return first
                ? tensor[0].GetString()!
                : throw Unsupported("takes something else than the output of a layer called once");

            static bool IsZero(JsonElement number) =>
                number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out int value) && value == 0;
        }
    }
}
