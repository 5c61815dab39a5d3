using System.Buffers.Binary;
using System.Diagnostics;
using System.Text.Json;
using Firn.Interop.Keras;
using Firn.Interop.Keras.Layers;
using Firn.Interop.Keras.Preprocessing;
using Firn.Interop.Keras.Weights;

namespace Firn.Tests.Interop.Keras;

public sealed class KerasFileTests : IDisposable
{
    private const string WithoutEmbedding = "keras/bilstm_tweets_keras2.5_missing_embedding.h5";
    private readonly string _folder = Directory.CreateTempSubdirectory("firn-keras-").FullName;

    public static TheoryData<string> Models =>
        [
            .. KerasGolden
                .Root.GetProperty("models")
                .EnumerateObject()
                .Select(m => m.Name)
                .Where(n => n != WithoutEmbedding),
        ];

    public static TheoryData<string> Made => KerasGolden.Names("made");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Models))]
    public void A_public_model_has_the_layers_and_numbers_that_h5py_reads(string name)
    {
        JsonElement golden = KerasGolden.Root.GetProperty("models").GetProperty(name);
        KerasFile file = KerasFile.Load(Data.Path(name));
        Assert.Equal(golden.GetProperty("version").GetString(), file.KerasVersion);
        string[] expected =
        [
            .. golden.GetProperty("layers").EnumerateArray().Select(l => $"{l[0].GetString()} {l[1].GetString()}"),
        ];
        bool implied = expected[0].Split(' ')[0] != "InputLayer";
        Assert.Equal(expected, file.Nodes.Skip(implied ? 1 : 0).Select(n => $"{n.ClassName} {n.Name}"));
        KerasWeight[] weights = [.. file.Nodes.SelectMany(n => n.Weights).OrderBy(w => w.Name, StringComparer.Ordinal)];
        JsonElement[] tensors =
        [
            .. golden
                .GetProperty("tensors")
                .EnumerateArray()
                .OrderBy(t => t.GetProperty("name").GetString(), StringComparer.Ordinal),
        ];
        Assert.Equal(tensors.Length, weights.Length);
        for (int i = 0; i < tensors.Length; i++)
            AssertEqual(tensors[i], weights[i]);
    }

    [Fact]
    public void A_model_without_the_weights_of_a_layer_is_refused_by_its_name()
    {
        string message = Assert.Throws<InvalidDataException>(() => KerasFile.Load(Data.Path(WithoutEmbedding))).Message;
        Assert.Contains(
            "layer 'token_embedding' (Embedding) has no weights in the file, where embeddings (50000, 128)",
            message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [MemberData(nameof(Made))]
    public void Tensors_of_every_form_are_brought_to_todays(string name)
    {
        JsonElement made = KerasGolden.Case("made", name);
        string path = KerasGolden.Write(made, _folder);
        if (made.TryGetProperty("architecture", out JsonElement architecture))
            File.WriteAllText(Path.Combine(_folder, "any name.json"), architecture.GetString());
        KerasFile file = KerasFile.Load(path);
        JsonElement tensors = made.GetProperty("tensors");
        IEnumerable<string> weighted = file.Nodes.Where(n => n.Weights.Count > 0).Select(n => n.Name);
        Assert.Equal(tensors.EnumerateObject().Select(t => t.Name), weighted);
        foreach (JsonProperty layer in tensors.EnumerateObject())
        {
            KerasNode node = file.Nodes.Single(n => n.Name == layer.Name);
            Assert.Equal(layer.Value.EnumerateArray().Select(t => t[0].GetString()), node.Weights.Select(w => w.Role));
            for (int i = 0; i < node.Weights.Count; i++)
            {
                JsonElement tensor = layer.Value[i];
                Assert.Equal(tensor[1].EnumerateArray().Select(s => s.GetInt32()), node.Weights[i].Shape);
                Assert.Equal(tensor[2].EnumerateArray().Select(v => v.GetSingle()), node.Weights[i].Values.ToArray());
            }
        }
    }

    [Fact]
    public void A_functional_graph_of_branches_keeps_who_takes_what()
    {
        KerasFile file = KerasFile.Load(Data.Path("keras_zoo/mongolian-textcnn-functional-k23/model.h5"));
        Assert.Equal(KerasFileKind.Hdf5, file.Kind);
        Assert.Equal(["tensorflow", "input_1"], [file.Backend, file.Input.Name]);
        KerasNode merge = file.Nodes.Single(n => n.ClassName == "Concatenate");
        Assert.Equal(["dropout_1", "dropout_2", "dropout_3"], merge.Inbound);
        Assert.Equal(new MergeLayer(KerasMerge.Concatenate, -1), merge.Layer);
        KerasNode[] convolutions = [.. file.Nodes.Where(n => n.Layer is Conv1DLayer)];
        Assert.Equal([3, 4, 5], convolutions.Select(n => ((Conv1DLayer)n.Layer).KernelSize));
        Assert.All(convolutions, n => Assert.Equal(["embedding_1"], n.Inbound));
        Assert.Equal(["dense_2"], file.Outputs);
    }

    [Fact]
    public void Settings_are_read_as_records()
    {
        KerasFile emotion = KerasFile.Load(Data.Path("keras_zoo/emotion-bilstm-mask-k310/emocoes_best.keras"));
        Assert.Equal(KerasFileKind.Archive, emotion.Kind);
        Assert.Equal([10], Assert.IsType<InputLayer>(emotion.Input.Layer).Shape);
        Assert.Equal(new EmbeddingLayer(1433, 128, MaskZero: true), emotion.Nodes[1].Layer);
        var both = Assert.IsType<BidirectionalLayer>(emotion.Nodes[2].Layer);
        Assert.Equal(KerasMergeMode.Concat, both.MergeMode);
        Assert.Equal(
            new LstmLayer(64, new(KerasFunction.Tanh), new(KerasFunction.Sigmoid), UseBias: true)
            {
                ReturnSequences = true,
                ZeroOutputForMask = true,
                GoBackwards = true,
            },
            both.Backward
        );
        KerasFile gru = KerasFile.Load(Data.Path("keras_zoo/politics-gru-frozen-id-k211/gru.h5"));
        Assert.False(gru.Nodes[1].Trainable);
        Assert.True(Assert.IsType<GruLayer>(gru.Nodes[3].Layer).ResetAfter);
        Assert.IsType<TrainingOnlyLayer>(gru.Nodes[2].Layer);
    }

    [Fact]
    public void Weights_alone_find_their_architecture_beside_them_or_where_it_is_given()
    {
        string folder = "keras_zoo/spam-lstm-weights-json-k23/";
        KerasFile file = KerasFile.Load(Data.Path(folder + "lstm_model.h5"));
        Assert.Equal(KerasFileKind.Hdf5WithJson, file.Kind);
        string alone = Path.Combine(_folder, "weights.h5");
        File.Copy(Data.Path(folder + "lstm_model.h5"), alone);
        string message = Assert.Throws<InvalidDataException>(() => KerasFile.Load(alone)).Message;
        Assert.Contains("weights alone, and no JSON of an architecture lies beside", message, StringComparison.Ordinal);
        Assert.Equal(file.Nodes.Count, KerasFile.Load(alone, Data.Path(folder + "lstm_model.json")).Nodes.Count);
    }

    [Fact]
    public void The_vocabulary_of_an_archive_is_read_with_its_layer()
    {
        KerasFile file = KerasFile.Load(Data.Path("keras_zoo/spam-textvec-keras315/spam_model.keras"));
        KerasTextVectorization rules = file
            .Nodes.Select(n => n.Layer)
            .OfType<TextVectorizationLayer>()
            .Single()
            .Vectorization;
        Assert.Equal(45, rules.Vocabulary!.Count);
        Assert.Equal(["", "[UNK]", "to"], rules.Vocabulary.Take(3));
        Assert.Equal((1000, 50), (rules.MaxTokens, rules.OutputSequenceLength));
    }

    [Fact]
    public void A_mask_written_as_a_node_and_hard_sigmoid_of_keras_3_are_understood()
    {
        KerasFile file = KerasFile.Load(
            KerasGolden.Write(KerasGolden.Case("made", "archive, groups out of order with names noted"), _folder)
        );
        Assert.DoesNotContain(file.Nodes, n => n.ClassName == "NotEqual");
        var both = Assert.IsType<BidirectionalLayer>(file.Nodes.Single(n => n.Name == "both").Layer);
        KerasActivation gates = Assert.IsType<LstmLayer>(both.Forward).RecurrentActivation;
        Assert.Equal(KerasFunction.HardSigmoidOfSixths, gates.Function);
        KerasFile old = KerasFile.Load(KerasGolden.Write(KerasGolden.Case("made", "Keras 1 on theano"), _folder));
        LstmLayer lstm = old.Nodes.Select(n => n.Layer).OfType<LstmLayer>().Single();
        Assert.Equal(KerasFunction.HardSigmoid, lstm.RecurrentActivation.Function);
    }

    [Fact]
    public void A_model_costs_no_second_copy_of_its_weights()
    {
        string path = Data.Path("keras_zoo/sarcasm-bilstm-frozen-k38/sarcasm_model.h5");
        KerasFile.Load(path);
        long before = GC.GetAllocatedBytesForCurrentThread();
        KerasFile file = KerasFile.Load(path);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        long numbers = file.Nodes.SelectMany(n => n.Weights).Sum(w => 4L * w.Values.Length);
        Assert.InRange(allocated, numbers, numbers + (1 << 20));
    }

    [Fact]
    public void A_damaged_size_of_shuffled_numbers_costs_no_time()
    {
        byte[] bytes = KerasGolden.Bytes(KerasGolden.Case("made", "packed arrays, other numbers"));
        int at = bytes.AsSpan().IndexOf("shuffle\0"u8) + "shuffle\0".Length;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), int.MaxValue);
        string path = Path.Combine(_folder, "damaged.h5");
        File.WriteAllBytes(path, bytes);
        var clock = Stopwatch.StartNew();
        Assert.NotEmpty(KerasFile.Load(path).Nodes);
        // it was 18: a turn of an empty loop for each byte of the size
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 5);
    }

    private static void AssertEqual(JsonElement tensor, KerasWeight weight)
    {
        Assert.Equal(tensor.GetProperty("name").GetString(), weight.Name);
        Assert.Equal(tensor.GetProperty("shape").EnumerateArray().Select(s => s.GetInt32()), weight.Shape);
        ReadOnlySpan<float> values = weight.Values.Span;
        Assert.Equal(weight.Shape.Aggregate(1, (a, b) => a * b), values.Length);
        double sum = 0,
            size = 0;
        foreach (float value in values)
        {
            sum += value;
            size += Math.Abs(value);
        }
        Assert.Equal(tensor.GetProperty("sum").GetDouble(), sum, 1e-12 * size);
        Assert.Equal(tensor.GetProperty("first").GetSingle(), values[0]);
        Assert.Equal(tensor.GetProperty("last").GetSingle(), values[^1]);
    }
}
