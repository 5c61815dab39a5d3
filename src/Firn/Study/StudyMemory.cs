using Firn.Layers;
using Firn.Model;
using Firn.Training;

namespace Firn.Study;

/// <summary>Bytes by the number of weights.</summary>
internal static class StudyMemory
{
    /// <summary>
    /// Weights, and in the most demanding phase: two moments of Adam and a copy of the best epoch for all that trains,
    /// and a gradient for all but the table, whose gradient has only the rows of a batch.
    /// </summary>
    public static long TrainingBytes(TextClassifier model, ThawSchedule schedule)
    {
        long weights = Floats(model, _ => true);
        long copies = Floats(model, p => schedule.EverTrains(p.Group));
        long state = schedule.Phases.Max(phase =>
            2 * Floats(model, p => phase.Trainable.Contains(p.Group))
            + Floats(model, p => phase.Trainable.Contains(p.Group) && p.Group != ParameterGroup.Embedding)
        );
        return sizeof(float) * (weights + copies + state);
    }

    /// <summary>What a new version of the model brings to a server that has the pretrained table already.</summary>
    public static long VersionBytes(TextClassifier model, bool tableChanged) =>
        sizeof(float) * Floats(model, p => tableChanged || p.Group != ParameterGroup.Embedding);

    private static long Floats(TextClassifier model, Func<Parameter, bool> counted) =>
        model.Parameters.Where(counted).Sum(p => (long)p.Values.Length);
}
