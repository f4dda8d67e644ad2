using System.Globalization;
using Aurelian.Events;

namespace Aurelian.Store;

/// <summary>A run on disk: <c>RUNS/ID</c> with its timeline, its report and what was captured.</summary>
public sealed record RunFolder(RunId Id, string Path)
{
    private const int SameSecondMax = 1000;

    public string Timeline => System.IO.Path.Combine(Path, "timeline.db");

    public string Report => System.IO.Path.Combine(Path, "report.html");

    /// <summary>Makes a new one, named after the time; a second run in the same second gets a suffix.</summary>
    public static RunFolder Create(string runs, TimeProvider time)
    {
        string stamp = time.GetUtcNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        Directory.CreateDirectory(runs);
        for (int number = 1; number < SameSecondMax; number++)
        {
            string name = number == 1 ? stamp : $"{stamp}-{number}";
            string path = System.IO.Path.GetFullPath(System.IO.Path.Combine(runs, name));
            // A lock file made exclusively: two runs started at once never share a folder.
            if (!Directory.Exists(path) && TryClaim(path))
            {
                return new RunFolder(new RunId(name), path);
            }
        }

        throw new StoreException(StoreFailure.CannotWrite, $"No run folder can be made in {runs}.");
    }

    /// <summary>Finds a run by folder, id, unambiguous beginning of an id, or <c>latest</c>.</summary>
    public static RunFolder Find(string runs, string which)
    {
        if (File.Exists(System.IO.Path.Combine(which, "timeline.db")))
        {
            string full = System.IO.Path.GetFullPath(which);
            return new RunFolder(new RunId(System.IO.Path.GetFileName(full.TrimEnd('/'))), full);
        }

        string[] all = Directory.Exists(runs)
            ? [.. Directory.GetDirectories(runs).Where(path => File.Exists(System.IO.Path.Combine(path, "timeline.db")))
                .Order(StringComparer.Ordinal)]
            : [];
        string[] matching = which == "latest"
            ? [.. all.TakeLast(1)]
            : [.. all.Where(path => System.IO.Path.GetFileName(path).StartsWith(which, StringComparison.Ordinal))];
        string? found = matching.Length == 1 ? matching[0]
            : Array.Find(matching, path => System.IO.Path.GetFileName(path) == which);
        return found is not null
            ? new RunFolder(new RunId(System.IO.Path.GetFileName(found)), System.IO.Path.GetFullPath(found))
            : throw new StoreException(StoreFailure.NotFound, matching.Length == 0
                ? $"No run '{which}' in {runs}; 'latest' is the newest."
                : $"'{which}' could be {matching.Length} runs in {runs}.");
    }

    private static bool TryClaim(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
            using FileStream claim = new(
                System.IO.Path.Combine(path, ".claimed"), FileMode.CreateNew, FileAccess.Write);
            return true;
        }
        catch (IOException) when (File.Exists(System.IO.Path.Combine(path, ".claimed")))
        {
            return false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(StoreFailure.CannotWrite, $"{path}: {exception.Message}", exception);
        }
    }
}
