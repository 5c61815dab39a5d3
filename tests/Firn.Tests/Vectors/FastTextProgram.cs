using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Firn.Tests.Vectors;

/// <summary>
/// fastText's own program, and gensim in Debian's Python; tests that need one skip where it is not installed.
/// </summary>
internal static class FastTextProgram
{
    /// <summary>The vectors that <c>fasttext print-word-vectors</c> prints, to five digits.</summary>
    public static float[][] Print(string model, string[] words) =>
        [
            .. Run("fasttext", ["print-word-vectors", model], string.Join('\n', words) + "\n")
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(Numbers),
        ];

    /// <summary>Trains a model; the file is <paramref name="output"/> with .bin behind it.</summary>
    public static void Train(string command, string texts, string output, params string[] options) =>
        Run("fasttext", [command, "-input", texts, "-output", output, .. options], "");

    /// <summary>The vectors that gensim gives words, known or not.</summary>
    public static float[][] AskGensim(string model, string[] words)
    {
        const string script =
            "import sys\ntry:\n from gensim.models.fasttext import load_facebook_model\nexcept ImportError:\n "
            + "sys.exit(77)\n"
            + "wv = load_facebook_model(sys.argv[1]).wv\nfor w in sys.argv[2:]: print('x', *[repr(float(v)) for v in "
            + "wv[w]])";
        return
        [
            .. Run("/usr/bin/python3", ["-c", script, model, .. words], "")
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(Numbers),
        ];
    }

    private static float[] Numbers(string line) =>
        [
            .. line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Skip(1)
                .Select(v => float.Parse(v, CultureInfo.InvariantCulture)),
        ];

    private static string Run(string program, string[] arguments, string input)
    {
        const int noModule = 77;
        try
        {
            using Process process = Process.Start(
                new ProcessStartInfo(program, arguments)
                {
                    RedirectStandardInput = true,
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                    StandardInputEncoding = new UTF8Encoding(false),
                }
            )!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            process.StandardInput.Write(input);
            process.StandardInput.Close();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.SkipWhen(process.ExitCode == noModule, "gensim is not installed");
            Assert.True(process.ExitCode == 0, errors.Result);
            return output;
        }
        catch (Win32Exception)
        {
            Assert.Skip($"{program} is not installed");
            throw;
        }
    }
}
