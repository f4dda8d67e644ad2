using Aurelian.Detection;
using Aurelian.Events;

namespace Aurelian.Response;

/// <summary>Which files a process runs, and which programs do what a file says.</summary>
internal static class ExecutedFiles
{
    /// <summary>They take their orders from files that are named nowhere on their command line.</summary>
    private static readonly string[] Builders =
        ["git", "make", "cmake", "ninja", "npm", "cargo", "go", "cc1", "cc1plus", "gcc", "java", "sed", "awk",
         "mawk", "gawk"];

    internal static bool ReadsCode(string? executable) => executable is not null
        && (ScriptArgument.IsInterpreter(executable)
            || Builders.Contains(executable[(executable.LastIndexOf('/') + 1)..]));

    /// <summary>The file executed, and the script that it interprets.</summary>
    internal static IEnumerable<string> Of(Fact.ProcessExecuted executed)
    {
        yield return executed.Executable;
        if (ScriptArgument.Find(executed.Executable, executed.Arguments, executed.Folder).File is { } script)
        {
            yield return script;
        }
    }
}
