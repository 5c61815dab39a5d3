using Firn.Server.Batching;
using Firn.Server.Inference;
using Firn.Server.Wire.Serving;
using Firn.Server.Wire.Tensorflow;

namespace Firn.Server.Rpc;

/// <summary>Signatures as TensorFlow's messages.</summary>
internal static class SignatureMessages
{
    public static SignatureDefMap Of(IScorer scorer)
    {
        var map = new SignatureDefMap();
        foreach (SignatureShape signature in SignatureShape.All(scorer))
        {
            var message = new SignatureDef { MethodName = signature.Method };
            foreach (TensorShape tensor in signature.Inputs)
                message.Inputs[tensor.Name] = Info(tensor);
            foreach (TensorShape tensor in signature.Outputs)
                message.Outputs[tensor.Name] = Info(tensor);
            map.SignatureDef[signature.Name] = message;
        }
        return map;
    }

    private static TensorInfo Info(TensorShape tensor)
    {
        var shape = new TensorShapeProto();
        shape.Dim.AddRange(tensor.Shape.Select(size => new TensorShapeProto.Types.Dim { Size = size }));
        DataType type = tensor.Type switch
        {
            SignatureShape.StringType => DataType.DtString,
            SignatureShape.Int32Type => DataType.DtInt32,
            _ => DataType.DtFloat,
        };
        return new TensorInfo
        {
            Name = tensor.Name + ":0",
            Dtype = type,
            TensorShape = shape,
        };
    }
}
