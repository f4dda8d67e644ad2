using Aurelian.Firewall;
using Aurelian.Sandbox;
using Aurelian.Store;

namespace Aurelian.Cli;

/// <summary>Turns what broke into one line that names the remedy, and the exit code that says so.</summary>
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
            return Say("interrupted; every sandbox was ended and removed.");
        }
        catch (SandboxException exception) when (exception.Reason == SandboxFailure.BadSetting)
        {
            return BadInput.Say(exception.Message);
        }
        catch (StoreException exception) when (exception.Reason == StoreFailure.NotFound)
        {
            return BadInput.Say(exception.Message);
        }
        catch (Exception exception) when (
            exception is SandboxException or FirewallException or StoreException or Sensors.SensorException
            or IOException or UnauthorizedAccessException)
        {
            return Say(exception.Message);
        }
        catch (Exception exception)
        {
            // A mistake of ours: all of it is wanted, and still a documented exit code.
            Console.Error.WriteLine($"aurelian: this should not happen; please report it.\n{exception}");
            return ExitCodes.Broken;
        }
    }

    private static int Say(string message)
    {
        Console.Error.WriteLine($"aurelian: {TerminalText.Safe(message)}");
        return ExitCodes.Broken;
    }
}
