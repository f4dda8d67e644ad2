using Aurelian.Firewall;
using Aurelian.Sandbox;
using Aurelian.Sensors;
using Aurelian.Store;

namespace Aurelian.Training;

/// <summary>Turns what broke into lines that name the remedy, and the exit code that says so.</summary>
internal static class Failures
{
    internal static async Task<int> ReportAsync(Func<Task<int>> command)
    {
        try
        {
            return await command().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return Say(ExitCodes.Broken, "interrupted.");
        }
        catch (TrainingException exception)
        {
            return Say(
                exception.Reason == TrainingFailure.BadInput ? ExitCodes.BadInput : ExitCodes.Broken,
                exception.Message);
        }
        catch (SandboxException exception) when (exception.Reason == SandboxFailure.BadSetting)
        {
            return Say(ExitCodes.BadInput, exception.Message);
        }
        catch (Exception exception) when (
            exception is SandboxException or FirewallException or StoreException or SensorException
            or IOException or UnauthorizedAccessException)
        {
            return Say(ExitCodes.Broken, exception.Message);
        }
        catch (Exception exception)
        {
            // A mistake of ours: all of it is wanted, and still a documented exit code.
            Console.Error.WriteLine($"aurelian: this should not happen; please report it.\n{exception}");
            return ExitCodes.Broken;
        }
    }

    internal static int Say(int code, string message)
    {
        foreach (string line in message.Split('\n'))
        {
            Console.Error.WriteLine($"aurelian: {Printable(line)}");
        }

        return code;
    }

    /// <summary>File contents appear in messages: nothing in them may steer the terminal.</summary>
    private static string Printable(string text) =>
        string.Concat(text.Select(letter => char.IsControl(letter) ? '\ufffd' : letter));
}
