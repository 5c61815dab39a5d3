using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Firn.Audit;
using Firn.Cli.Output;
using Firn.Cli.Reporting;
using Firn.Data;
using Firn.Evaluation;
using Firn.Files;
using Firn.Recipes;
using Firn.Text;

namespace Firn.Cli.Commands;

/// <summary><c>firn audit DATA</c>: what a cleaning does to labeled texts, rule by rule.</summary>
internal static class AuditCommand
{
    public static Command Create(Invocation run)
    {
        var corpus = new CorpusArguments(
            "DATA",
            "Labeled texts: a file (plain or gzip) or a folder of class folders; the layout is found out"
        );
        var labels = new LabelNameOptions();
        var cleaning = new Option<string>("--cleaning")
        {
            Description = "The rules to audit",
            DefaultValueFactory = _ => "notebook",
        }.OneOf("notebook", "tweets", "none");
        var texts = new Option<int>("--accuracy-texts")
        {
            Description = "Texts to measure the accuracy with each rule left out, a tenth of them held out; 0 for none",
            DefaultValueFactory = _ => 50_000,
            HelpName = "N",
        }.Between(0, int.MaxValue);
        var test = new Option<string?>("--test")
        {
            Description = "Texts that DATA should not share, in the same layout: how many it has too is told",
            HelpName = "FILE",
        };
        var validation = new Option<string?>("--validation-file")
        {
            Description = "The same for texts that measure epochs",
            HelpName = "FILE",
        };
        var errors = new Option<string?>("--label-errors")
        {
            Description =
                "Audit the labels instead of the cleaning: texts whose label is likely wrong go to this CSV file, "
                + "the most doubtful first, to be corrected and given to 'firn train --corrections'",
            HelpName = "FILE",
        };
        var all = new Option<bool>("--all-texts") { Description = "--label-errors: all texts, not the suspects alone" };
        var folds = new Option<int>("--folds")
        {
            Description = "--label-errors: each text is judged by a model that was trained without its fold",
            DefaultValueFactory = _ => new LabelAuditOptions().Folds,
            HelpName = "N",
        }.Between(2, 100);
        var rounds = new Option<int>("--rounds")
        {
            Description =
                "--label-errors: passes; from the second on models are trained without the suspects of the pass before",
            DefaultValueFactory = _ => new LabelAuditOptions().Rounds,
            HelpName = "N",
        }.Between(1, 5);
        Option<int> seed = CommonOptions.Seed("--label-errors: word vectors, weights and folds' models"),
            threads = CommonOptions.Threads();
        var json = CommonOptions.Json();
        var command = new Command(
            "audit",
            "Show what each cleaning rule does to labeled texts, or find labels that are likely wrong"
        )
        {
            corpus.Data,
            errors,
            all,
            folds,
            rounds,
            test,
            validation,
            cleaning,
            texts,
        };
        corpus.AddTo(command);
        labels.AddNamesTo(command);
        command.Add(seed);
        command.Add(threads);
        command.Add(json);
        command.SetAction(parsed =>
        {
            string input = Inputs.RequireData(parsed.GetRequiredValue(corpus.Data));
            if (parsed.GetValue(errors) is { } target)
                OutputFile.Check(target, input);
            else if (
                new Option[] { all, folds, rounds }.FirstOrDefault(o => parsed.GetResult(o) is { Implicit: false }) is
                { } idle
            )
                throw new UsageError($"{idle.Name} belongs to --label-errors FILE; give that too, or leave it out");
            CorpusReader data = corpus.OpenSingle(parsed);
            if (parsed.GetValue(errors) is { } suspects)
            {
                RecipeOptions options = (RecipeOptions.Default with { LabelNames = labels.Names(parsed) })
                    .WithSeed((ulong)parsed.GetValue(seed))
                    .WithThreads(parsed.GetValue(threads));
                var how = new LabelAuditOptions { Folds = parsed.GetValue(folds), Rounds = parsed.GetValue(rounds) };
                return AuditLabels(run, data, options, how, (suspects, parsed.GetValue(all), parsed.GetValue(json)));
            }
            (string, IEnumerable<LabeledText>)[] others =
            [
                .. new[] { ("validation", parsed.GetValue(validation)), ("test", parsed.GetValue(test)) }
                    .Where(file => file.Item2 is not null)
                    .Select(file =>
                        (
                            file.Item1,
                            (IEnumerable<LabeledText>)
                                corpus.Open(parsed, Inputs.RequireData(file.Item2!), several: false)
                        )
                    ),
            ];
            CorpusView.TellLayout(run.Terminal, data);
            using var progress = new ProgressLine(run.Terminal);
            progress.Begin("audit");
            CleaningAuditReport report = CleaningAudit.Run(
                data,
                CleaningOptions.ForPreset(parsed.GetRequiredValue(cleaning)),
                parsed.GetValue(texts),
                labels.Names(parsed),
                others,
                new InlineProgress<string>(step => progress.Report(double.NaN, step)),
                run.Stop
            );
            progress.End(string.Create(CultureInfo.InvariantCulture, $"audited {Plural.Of(report.Texts, "text")}"));
            CorpusView.TellRows(run.Terminal, data);
            if (parsed.GetValue(json))
            {
                JsonObject described = AsJson(report);
                described["corpus"] = CorpusView.AsJson(data);
                Json.Write(run.Terminal, described);
            }
            else
                Print(run.Terminal, report);
            return ExitCode.Done;
        });
        return command;
    }

    private static int AuditLabels(
        Invocation run,
        CorpusReader data,
        RecipeOptions options,
        LabelAuditOptions how,
        (string Path, bool All, bool Json) output
    )
    {
        CorpusView.TellLayout(run.Terminal, data);
        LabelAuditReport report;
        using (var progress = new ProgressLine(run.Terminal))
        {
            report = new Recipe(options) { BySize = SizeSettings.All }.AuditLabels(
                data,
                how,
                new RecipeProgressView(progress)
                {
                    TextsAreRead = () => CorpusView.TellRows(run.Terminal, data),
                    TellsEpochs = false,
                },
                run.Stop
            );
        }
        LabelAuditView.Save(report, output.Path, output.All, data.Path);
        if (output.Json)
        {
            JsonObject described = LabelAuditView.AsJson(report, output.Path);
            described["corpus"] = CorpusView.AsJson(data);
            Json.Write(run.Terminal, described);
        }
        else
            LabelAuditView.Print(run.Terminal, report, output.Path);
        return ExitCode.Done;
    }

    private static void Print(Terminal terminal, CleaningAuditReport report)
    {
        Tables.Write(
            terminal,
            "texts",
            ["", ">texts"],
            [
                ["audited", Count(report.Texts)],
                ["empty after cleaning", Count(report.Empty)],
                ["equal to an earlier one, after", Count(report.Repeated)],
                ["same text, other label, before", Count(report.ContradictionsBefore)],
                ["same text, other label, after", Count(report.ContradictionsAfter)],
                ["negation gone from before a word that stays", Count(report.Flips)],
                ["label settled by a hash tag", Count(report.SettledByHashTag)],
            ]
        );
        if (report.Overlaps.Count > 0)
        {
            Tables.Write(
                terminal,
                "the same text in two files, after cleaning",
                ["texts of", "that this has too", ">texts", ">share", ">other label"],
                report.Overlaps.Select(o =>
                    new[]
                    {
                        o.File,
                        o.In,
                        Count(o.Shared),
                        (o.Texts == 0 ? 0 : (double)o.Shared / o.Texts).ToString("0.0%", CultureInfo.InvariantCulture),
                        Count(o.Conflicting),
                    }
                )
            );
        }
        Tables.Write(
            terminal,
            "what is left",
            ["", ">before", ">after"],
            report.Kinds.Select(k => new[] { k.Kind, Count(k.Before), Count(k.After) })
        );
        if (report.TopFlips.Count > 0)
            Tables.Write(
                terminal,
                "polarity flips",
                ["written", "left", ">times"],
                report.TopFlips.Select(f => new[] { f.Before, f.After, Count(f.Count) })
            );
        if (report.HashTags.Count > 0)
        {
            Tables.Write(
                terminal,
                "hash tags",
                ["tag", ">texts", "most of them", ">share"],
                report.HashTags.Select(t =>
                    new[] { $"#{t.Tag}", Count(t.Texts), t.Class, t.Share.ToString("0%", CultureInfo.InvariantCulture) }
                )
            );
        }
        string all = report.Accuracy is { } accuracy
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"accuracy with all rules {accuracy:0.0000} ({report.AccuracyTexts:N0} texts, a tenth held out)"
            )
            : "rules";
        Tables.Write(
            terminal,
            all,
            ["rule left out", ">texts changed", ">tokens", ">accuracy", ">difference"],
            report.Rules.Select(r =>
                new[]
                {
                    r.Rule,
                    Count(r.TextsChanged),
                    r.Tokens.ToString("+#,0;-#,0;0", CultureInfo.InvariantCulture),
                    r.Accuracy is { } a ? a.ToString("0.0000", CultureInfo.InvariantCulture) : "",
                    r.Accuracy is { } without
                        ? (without - report.Accuracy!.Value).ToString("+0.0000;-0.0000;0", CultureInfo.InvariantCulture)
                        : "",
                }
            )
        );
        Tables.Write(
            terminal,
            "tokens that other texts lack",
            ["class", ">share"],
            Shown(report.Unknown)
                .Select(u => new[] { u.Class, u.Share.ToString("0.00%", CultureInfo.InvariantCulture) })
        );
    }

    /// <summary>The classes with the largest shares, where there are too many for all.</summary>
    private static IEnumerable<UnknownShare> Shown(IReadOnlyList<UnknownShare> classes) =>
        classes.Count <= ClassSelection.MaxShown
            ? classes
            : classes.OrderByDescending(c => c.Share).Take(ClassSelection.MaxShown);

    private static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static JsonObject AsJson(CleaningAuditReport report) =>
        new()
        {
            ["texts"] = report.Texts,
            ["tokens"] = report.Tokens,
            ["empty"] = report.Empty,
            ["repeated"] = report.Repeated,
            ["overlaps"] = new JsonArray([
                .. report.Overlaps.Select(o =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["file"] = o.File,
                            ["in"] = o.In,
                            ["texts"] = o.Texts,
                            ["shared"] = o.Shared,
                            ["conflicting"] = o.Conflicting,
                        }
                ),
            ]),
            ["contradictionsBefore"] = report.ContradictionsBefore,
            ["contradictionsAfter"] = report.ContradictionsAfter,
            ["flips"] = report.Flips,
            ["kinds"] = new JsonArray([
                .. report.Kinds.Select(k =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["kind"] = k.Kind,
                            ["before"] = k.Before,
                            ["after"] = k.After,
                        }
                ),
            ]),
            ["topFlips"] = new JsonArray([
                .. report.TopFlips.Select(f =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["before"] = f.Before,
                            ["after"] = f.After,
                            ["count"] = f.Count,
                        }
                ),
            ]),
            ["hashTags"] = new JsonArray([
                .. report.HashTags.Select(t =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["tag"] = t.Tag,
                            ["texts"] = t.Texts,
                            ["class"] = t.Class,
                            ["share"] = Json.Number(t.Share),
                        }
                ),
            ]),
            ["settledByHashTag"] = report.SettledByHashTag,
            ["accuracy"] = report.Accuracy is { } accuracy ? Json.Number(accuracy) : null,
            ["accuracyTexts"] = report.AccuracyTexts,
            ["rules"] = new JsonArray([
                .. report.Rules.Select(r =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["rule"] = r.Rule,
                            ["textsChanged"] = r.TextsChanged,
                            ["tokens"] = r.Tokens,
                            ["accuracy"] = r.Accuracy is { } a ? Json.Number(a) : null,
                        }
                ),
            ]),
            ["unknown"] = new JsonArray([
                .. report.Unknown.Select(u =>
                    (JsonNode)new JsonObject { ["class"] = u.Class, ["share"] = Json.Number(u.Share) }
                ),
            ]),
        };
}
