using Aurelian.Training.Serving;
using Aurelian.Training.Syntax;

namespace Aurelian.Training.Commands;

/// <summary>Gives every command what it does.</summary>
internal static class TrainingActions
{
    internal static void Attach(TrainingSyntax syntax)
    {
        TrainSyntax train = syntax.Train;
        train.Command.SetAction((parsed, cancellationToken) => TrainAction.RunAsync(
            new TrainRequest(
                parsed.GetValue(train.Job), parsed.GetValue(train.DryRun), parsed.GetValue(train.Seeds),
                parsed.GetValue(train.Arms) ?? [], parsed.GetValue(train.Memoised),
                parsed.GetValue(train.Memo), parsed.GetValue(train.Check), parsed.GetValue(train.Resume),
                parsed.GetValue(train.RollbackToClean), parsed.GetValue(train.Runs)!),
            Console.Out, TimeProvider.System, cancellationToken));

        SpeakSyntax speak = syntax.Speak;
        speak.Command.SetAction((parsed, cancellationToken) => SpeakAction.RunAsync(
            parsed.GetValue(speak.Folder)!, parsed.GetValue(speak.Seed), Console.In, Console.Out, TimeProvider.System,
            cancellationToken));

        ServeModelSyntax serve = syntax.ServeModel;
        serve.Command.SetAction((parsed, cancellationToken) => ServeModelAction.RunAsync(
            new ServeOptions(
                parsed.GetValue(serve.Folder)!, parsed.GetValue(serve.Listen)!, parsed.GetValue(serve.Name),
                parsed.GetValue(serve.Saves)!, parsed.GetValue(serve.AllowRemote),
                Environment.GetEnvironmentVariable(ServeModelAction.TokenSetting) is { Length: > 0 } token
                    ? token : null,
                parsed.GetValue(serve.Threads)),
            Console.Out, TimeProvider.System, cancellationToken));

        SftSyntax sft = syntax.Sft;
        sft.Command.SetAction((parsed, cancellationToken) => SftAction.RunAsync(
            parsed.GetValue(sft.Job)!, parsed.GetValue(sft.Output)!, Console.Out, TimeProvider.System,
            cancellationToken));

        EvalSyntax eval = syntax.Eval;
        eval.Command.SetAction((parsed, cancellationToken) => EvalAction.RunAsync(
            new EvalRequest(
                parsed.GetValue(eval.Job)!, parsed.GetValue(eval.Model)!, parsed.GetValue(eval.Arm),
                parsed.GetValue(eval.Samples), parsed.GetValue(eval.TrainTasks), parsed.GetValue(eval.Runs)!,
                parsed.GetValue(eval.Format) == "json"),
            Console.Out, TimeProvider.System, cancellationToken));

        InspectSyntax inspect = syntax.Inspect;
        inspect.Command.SetAction(parsed => InspectAction.Run(
            parsed.GetValue(inspect.Folder)!, parsed.GetValue(inspect.Format) == "json", Console.Out));

        VerifySyntax verify = syntax.Verify;
        verify.Command.SetAction(parsed => VerifyAction.Run(
            parsed.GetValue(verify.Folder)!, parsed.GetValue(verify.Against), parsed.GetValue(verify.Adapter),
            parsed.GetValue(verify.Tolerance), Console.Out));

        TokenizeSyntax tokenize = syntax.Tokenize;
        tokenize.Command.SetAction(parsed =>
        {
            using StreamWriter output = new(Console.OpenStandardOutput());
            return TokenizeAction.Run(
                parsed.GetValue(tokenize.Folder)!, parsed.GetValue(tokenize.Template), Console.OpenStandardInput(),
                output);
        });

        GenerateSyntax generate = syntax.Generate;
        generate.Command.SetAction((parsed, cancellationToken) => Task.FromResult(
            GenerateAction.Run(generate, parsed, Console.In, Console.Out, cancellationToken)));
    }
}
