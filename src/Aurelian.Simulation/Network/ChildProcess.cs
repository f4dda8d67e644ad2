using System.ComponentModel;
using System.Diagnostics;

namespace Aurelian.Simulation;

/// <summary>Starts programs inside the simulated internet's namespace.</summary>
internal static class ChildProcess
{
    /// <param name="package">Who brings the program; named when it is missing.</param>
    public static Process Start(INetworkPlace place, ProcessStartInfo start, string package)
    {
        start.UseShellExecute = false;
        try
        {
            return place.Run(() => Process.Start(start)!);
        }
        catch (Win32Exception exception)
        {
            throw new SimulationException(
                SimulationFailure.Missing,
                $"Cannot start '{start.FileName}' ({exception.Message}). It comes with the package {package}.",
                exception);
        }
    }
}
