using Firn.Interop.Onnx;
using Firn.Model;
using Firn.Text;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Firn.Tests.Interop.Export;

/// <summary>An exported model in ONNX Runtime.</summary>
internal sealed class OnnxSession : IDisposable
{
    private readonly InferenceSession _session;

    public OnnxSession(TextClassifier model)
    {
        using var bytes = new MemoryStream();
        OnnxExport.Write(model, bytes);
        using var options = new SessionOptions
        {
            IntraOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        _session = new InferenceSession(bytes.ToArray(), options);
    }

    /// <summary>Probabilities [N,K].</summary>
    public float[] Score(RaggedIds texts, int behind = 0)
    {
        int time = Enumerable.Range(0, texts.Count).Max(texts.LengthOf);
        var ids = new DenseTensor<long>([texts.Count, time]);
        var lengths = new DenseTensor<long>([texts.Count]);
        for (int i = 0; i < texts.Count; i++)
        {
            lengths[i] = texts.LengthOf(i);
            for (int t = 0; t < time; t++)
                ids[i, t] = t < texts.LengthOf(i) ? texts[i][t] : behind;
        }
        using var result = _session.Run([
            NamedOnnxValue.CreateFromTensor("ids", ids),
            NamedOnnxValue.CreateFromTensor("lengths", lengths),
        ]);
        return [.. result[0].AsEnumerable<float>()];
    }

    public void Dispose() => _session.Dispose();
}
