namespace Aurelian.Episodes;

/// <summary>What /proc says of a process that may be gone by the time it is asked.</summary>
internal static class ProcessFiles
{
    private const string Deleted = " (deleted)";

    internal static string? Executable(int pid)
    {
        try
        {
            string? path = new FileInfo($"/proc/{pid}/exe").LinkTarget;
            // As the sensor tells it: the path that it was executed by, whether or not that is still there.
            return path is not null && path.EndsWith(Deleted, StringComparison.Ordinal)
                ? path[..^Deleted.Length]
                : path;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    internal static string? CommandLine(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").TrimEnd('\0').Replace('\0', ' ');
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
