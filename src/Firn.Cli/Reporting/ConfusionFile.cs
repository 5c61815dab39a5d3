using System.Globalization;
using System.Text;
using CsvHelper;
using Firn.Evaluation;
using Firn.Files;

namespace Firn.Cli.Reporting;

/// <summary>The whole confusion matrix as CSV: a row a true class, a column a predicted one.</summary>
internal static class ConfusionFile
{
    public static void Save(EvaluationReport evaluation, string path) =>
        OutputFile.Write(
            path,
            stream =>
            {
                using var csv = CsvWriter.Create(stream, new CsvWriterOptions { NewLine = "\n" }, leaveOpen: true);
                csv.WriteField("actual");
                foreach (ClassMetrics metrics in evaluation.PerClass)
                    csv.WriteField(metrics.Name);
                csv.EndRecord();
                for (int i = 0; i < evaluation.Confusion.Count; i++)
                {
                    csv.WriteField(evaluation.PerClass[i].Name);
                    foreach (int count in evaluation.Confusion[i])
                        csv.WriteField(Encoding.ASCII.GetBytes(count.ToString(CultureInfo.InvariantCulture)));
                    csv.EndRecord();
                }
                csv.Flush();
            }
        );
}
