namespace Firn.Interop.Keras.Layers;

/// <summary>Reads the settings of recurrent layers and of those around them.</summary>
internal static class RecurrentReader
{
    public static RecurrentLayer Read(in LayerConfig layer)
    {
        if (layer.Flag("return_state", false) || layer.Flag("time_major", false))
            throw layer.Unsupported("with return_state or time_major");
        int units = layer.Size("units", "output_dim");
        bool cudnn = layer.ClassName.StartsWith("CuDNN", StringComparison.Ordinal); // which has one kind of cell only
        bool bias = cudnn || layer.Flag("use_bias", true);
        KerasActivation activation = cudnn ? new(KerasFunction.Tanh) : layer.Activation("activation");
        KerasActivation gates = cudnn
            ? new(KerasFunction.Sigmoid)
            : layer.Activation("recurrent_activation", "inner_activation");
        RecurrentLayer read = layer.ClassName switch
        {
            "LSTM" or "CuDNNLSTM" => new LstmLayer(units, activation, gates, bias),
            "GRU" or "CuDNNGRU" => new GruLayer(
                units,
                activation,
                gates,
                bias,
                cudnn || layer.Flag("reset_after", false)
            ),
            _ => new SimpleRnnLayer(units, activation, bias),
        };
        return read with
        {
            ReturnSequences = layer.Flag("return_sequences", false),
            GoBackwards = layer.Flag("go_backwards", false),
            Stateful = layer.Flag("stateful", false),
            ZeroOutputForMask = layer.Flag("zero_output_for_mask", false),
            Dropout = LayerReader.Share(layer.Number(layer.Has("dropout_W") ? "dropout_W" : "dropout", 0)),
            RecurrentDropout = LayerReader.Share(
                layer.Number(layer.Has("dropout_U") ? "dropout_U" : "recurrent_dropout", 0)
            ),
        };
    }

    public static BidirectionalLayer Bidirectional(in LayerConfig layer)
    {
        RecurrentLayer forward = Inner(layer, "layer");
        RecurrentLayer backward = layer.Has("backward_layer")
            ? Inner(layer, "backward_layer")
            : forward with
            {
                GoBackwards = !forward.GoBackwards,
            };
        if (backward.GoBackwards == forward.GoBackwards || backward.ReturnSequences != forward.ReturnSequences)
            throw layer.Bad("its two layers do not fit each other");
        KerasMergeMode mode = layer.Text("merge_mode") switch
        {
            "concat" => KerasMergeMode.Concat,
            "sum" => KerasMergeMode.Sum,
            "mul" => KerasMergeMode.Mul,
            "ave" => KerasMergeMode.Ave,
            var other => throw layer.Unsupported($"with merge_mode = {other ?? "None"}"),
        };
        // Keras' wrapper sets zero_output_for_mask where sequences are given, whatever the layers say.
        bool zero = forward.ReturnSequences && layer.Version.ZeroesMaskedSteps;
        return new BidirectionalLayer(
            forward with
            {
                ZeroOutputForMask = zero || forward.ZeroOutputForMask,
            },
            backward with
            {
                ZeroOutputForMask = zero || backward.ZeroOutputForMask,
            },
            mode
        );
    }

    private static RecurrentLayer Inner(in LayerConfig layer, string setting) =>
        LayerReader.Read(LayerReader.Wrapped(layer, setting)) as RecurrentLayer
        ?? throw layer.Unsupported("around something else than LSTM, GRU or SimpleRNN");
}
