namespace Firn.Model;

/// <summary>The optimizer's state and step for the groups that train (Kingma, Ba 2015, in Keras' form).</summary>
internal sealed class Adam
{
    public Adam(TextClassifier model, IReadOnlySet<ParameterGroup> trainable)
    {
        Model = model;
        Trainable = trainable;
    }

    public TextClassifier Model { get; }

    public IReadOnlySet<ParameterGroup> Trainable { get; }

    public double LearningRate { get; set; } = 0.001;

    public long StepCount { get; private set; }

    /// <summary>Applies the workspace's gradients.</summary>
    public void Step(TrainingWorkspace workspace) => throw new NotSupportedException(workspace.ToString());
}
