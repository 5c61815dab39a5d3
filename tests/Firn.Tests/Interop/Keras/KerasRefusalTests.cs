using System.IO.Compression;
using System.Text.Json;
using Firn.Interop.Keras;

namespace Firn.Tests.Interop.Keras;

/// <summary>What is no data, or not read: one line that names the file and the layer.</summary>
public sealed class KerasRefusalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("firn-refused-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(
        "'class_name':'Lambda','config':{'name':'x','function':{'class_name':'__lambda__',"
            + "'config':{'code':'4wEAAAA='}}}",
        "layer 'x' is a Lambda with code in it"
    )]
    [InlineData(
        "'class_name':'Attn','registered_name':'Mine>Attn','config':{'name':'x'}",
        "layer 'x' is a Attn of its author's own making"
    )]
    [InlineData("'class_name':'Mine>Attn','config':{'name':'x'}", "of its author's own making")]
    [InlineData(
        "'class_name':'Attn','module':'builtins','config':{'name':'x'}",
        "layer 'x' is a Attn (of Keras, or a class of its author's own)"
    )]
    [InlineData("'class_name':'Dense','module':'posix','config':{'name':'x','units':1}", "of its author's own making")]
    [InlineData(
        "'class_name':'MultiHeadAttention','config':{'name':'x','num_heads':1}",
        "layer 'x' is a MultiHeadAttention"
    )]
    [InlineData(
        "'class_name':'Dense','config':{'name':'x','units':1,'activation':{'module':'__main__',"
            + "'class_name':'function','config':'mine','registered_name':'function'}}",
        "activation 'mine' is a function of its author's own"
    )]
    [InlineData(
        "'class_name':'Dense','config':{'name':'x','units':1,'activation':'snake'}",
        "whose activation is 'snake'"
    )]
    [InlineData("'class_name':'Dense','config':{'name':'x'}", "'units' is missing")]
    [InlineData("'class_name':'Dense','config':{'name':'x','units':0}", "'units' is 0 where a whole number from 1 on")]
    [InlineData("'class_name':'Dense','config':{'name':'x','units':1e300}", "'units' is 1e300")]
    [InlineData("'class_name':'Dense','config':{'name':'x','units':1,'use_bias':'no'}", "'use_bias' is no")]
    [InlineData(
        "'class_name':'Dense','config':{'name':'x','units':1,'dtype':{'class_name':'QuantizedDTypePolicy',"
            + "'config':{'mode':'int8'}}}",
        "quantized weights"
    )]
    [InlineData("'class_name':'LSTM','config':{'name':'x','units':1,'return_state':true}", "return_state")]
    [InlineData(
        "'class_name':'Conv1D','config':{'name':'x','filters':1,'kernel_size':[2,2]}",
        "'kernel_size' is [2,2] where one whole number"
    )]
    [InlineData(
        "'class_name':'Conv1D','config':{'name':'x','filters':1,'kernel_size':2,'data_format':'channels_first'}",
        "data_format = channels_first"
    )]
    [InlineData(
        "'class_name':'Bidirectional','config':{'name':'x','merge_mode':null,'layer':{'class_name':'GRU',"
            + "'config':{'units':1}}}",
        "merge_mode = None"
    )]
    [InlineData(
        "'class_name':'Bidirectional','config':{'name':'x','merge_mode':'sum','layer':{'class_name':'Dense',"
            + "'config':{'units':1}}}",
        "around something else"
    )]
    [InlineData(
        "'class_name':'TimeDistributed','config':{'name':'x','layer':{'class_name':'Lambda','config':{}}}",
        "Lambda with code in it"
    )]
    [InlineData(
        "'class_name':'TextVectorization','config':{'name':'x','output_mode':'tf_idf'}",
        "output_mode = tf_idf"
    )]
    [InlineData(
        "'class_name':'TextVectorization','config':{'name':'x','standardize':{'class_name':'function','config':'f'}}",
        "standardize is a function of its author's own"
    )]
    [InlineData("'class_name':'Concatenate','config':{'name':'emb'}", "two layers are called 'emb'")]
    [InlineData("'class_name':'InputLayer','config':{'name':'x'}", "its shape is missing")]
    public void A_layer_that_is_code_or_not_read_is_named(string layer, string says) =>
        Refused($"{{'class_name':'Sequential','config':{{'layers':[{Embedding},{{{layer}}}]}}}}", says);

    [Theory]
    [InlineData("{'class_name':'MyModel','config':{'layers':[]}}", "the model is a MyModel")]
    [InlineData("{'class_name':'Sequential','config':{'layers':[]}}", "the model has no layers")]
    [InlineData("{'class_name':'Sequential','config':{'layers':3}}", "are no list")]
    [InlineData("{'class_name':'Sequential'}", "describes no model of Keras")]
    [InlineData("[1,2]", "describes no model of Keras")]
    [InlineData("{'class_name':", "is no JSON")]
    public void A_model_that_is_none_says_so(string config, string says) => Refused(config, says);

    [Theory]
    [InlineData("[[['ids',0,0,{}]]]", "[['ids',0,0],['more',0,0]]", "has 2 inputs (ids, more)")]
    [InlineData("[[['ids',0,0,{}]],[['ids',0,0,{}]]]", "[['ids',0,0]]", "called more than once")]
    [InlineData("[[['ids',0,1,{}]]]", "[['ids',0,0]]", "output of a layer called once")]
    [InlineData("[[['ids',0,0,{'training':true}]]]", "[['ids',0,0]]", "is called with training")]
    [InlineData("[[['ids',0,0,{'mask':['other',0,0]}]]]", "[['ids',0,0]]", "'other' is given to a layer as its mask")]
    [InlineData("[[['nowhere',0,0,{}]]]", "[['ids',0,0]]", "takes 'nowhere', which is missing")]
    [InlineData("[[['x',0,0,{}]]]", "[['ids',0,0]]", "takes 'x', which is missing or takes it in turn")]
    [InlineData("[]", "[['ids',0,0]]", "a layer takes nothing")]
    [InlineData("[[['ids',0,0,{}],['ids',0,0,{}]]]", "[['ids',0,0]]", "it takes 2 tensors")]
    public void A_graph_that_is_not_read_says_why(string inbound, string inputs, string says) =>
        Refused(
            "{'class_name':'Functional','config':{'name':'m','layers':["
                + "{'class_name':'InputLayer','name':'ids','config':{'name':'ids','batch_shape':[null,5]},'inbound_nodes':[]},"
                + $"{{'class_name':'Dense','name':'x','config':{{'name':'x','units':1}},'inbound_nodes':{inbound}}}],"
                + $"'input_layers':{inputs},'output_layers':[['x',0,0]]}}}}",
            says
        );

    [Theory]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 130\n", "a Git LFS pointer")]
    [InlineData("model goes here", "a text file where a Keras model is expected")]
    [InlineData("", "an empty file")]
    [InlineData("<!DOCTYPE html><html><head></head></html>", "an HTML page")]
    [InlineData("{'class_name':'Sequential','config':{'layers':[]}}", "an architecture without its weights")]
    [InlineData("cos\nsystem\n(S'touch canary'\ntR.", "a text file")]
    public void A_file_of_another_kind_is_told_by_its_first_bytes(string content, string says)
    {
        string path = Path.Combine(_folder, "model.h5");
        File.WriteAllText(path, content.Replace('\'', '"'));
        string message = Assert.Throws<InvalidDataException>(() => KerasFile.Load(path)).Message;
        Assert.Contains(says, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    public static TheoryData<string> Hdf5 => KerasGolden.Names("refused");

    [Theory]
    [MemberData(nameof(Hdf5))]
    public void What_is_not_read_of_HDF5_is_named(string name)
    {
        JsonElement made = KerasGolden.Case("refused", name);
        string path = KerasGolden.Write(made, _folder);
        string message = Assert.Throws<InvalidDataException>(() => KerasFile.Load(path)).Message;
        Assert.Contains(made.GetProperty("says").GetString()!, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pickle_of_something_else_names_it()
    {
        string path = Path.Combine(_folder, "model.pkl");
        byte[] name4 = [0x80, 4, 0x8C, 2, .. "os"u8, 0x8C, 6, .. "system"u8, 0x93];
        File.WriteAllBytes(path, [.. name4, 0x8C, 12, .. "touch canary"u8, 0x85, .. "R."u8]);
        string message = Assert.Throws<InvalidDataException>(() => KerasFile.Load(path)).Message;
        Assert.Contains("holds no Keras model but a os.system", message, StringComparison.Ordinal);
        Assert.False(File.Exists("canary"));
    }

    [Fact]
    public void Weights_of_another_shape_are_refused_with_the_layer()
    {
        string path = KerasGolden.Write(KerasGolden.Case("made", "weights alone"), _folder);
        string json = Path.Combine(_folder, "other.json");
        File.WriteAllText(
            json,
            KerasGolden
                .Case("made", "weights alone")
                .GetProperty("architecture")
                .GetString()!
                .Replace("\\\"input_dim\\\": 5", "\\\"input_dim\\\": 6", StringComparison.Ordinal)
        );
        string message = Assert.Throws<InvalidDataException>(() => KerasFile.Load(path)).Message;
        Assert.Contains(
            "layer 'emb_9' (Embedding) has 'e' of shape (5, 2) where its embeddings has the shape (6, 2)",
            message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_file_cut_short_says_how_long_it_should_be()
    {
        string path = KerasGolden.Write(KerasGolden.Case("made", "CuDNN"), _folder);
        byte[] bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..^100]);
        string message = Assert.Throws<InvalidDataException>(() => KerasFile.Load(path)).Message;
        Assert.Contains(
            $"byte {bytes.Length - 100}: the file ends here and should have {bytes.Length} bytes",
            message,
            StringComparison.Ordinal
        );
    }

    private const string Embedding =
        "{'class_name':'Embedding','config':{'name':'emb','input_dim':5,'output_dim':2,'input_length':7}}";

    private void Refused(string config, string says)
    {
        string path = Path.Combine(_folder, "model.keras");
        using (ZipArchive zip = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            Write(zip, "metadata.json", "{'keras_version':'3.8.0'}");
            Write(zip, "config.json", config);
        }
        string message = Assert.Throws<InvalidDataException>(() => KerasFile.Load(path)).Message;
        Assert.Contains(says, message, StringComparison.Ordinal);
        Assert.StartsWith(path, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    private static void Write(ZipArchive zip, string name, string text)
    {
        using var writer = new StreamWriter(zip.CreateEntry(name).Open());
        writer.Write(text.Replace('\'', '"'));
    }
}
