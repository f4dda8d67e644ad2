using Aurelian.Detection;

namespace Aurelian.Episodes;

/// <summary>A list of mining pools of the user's own.</summary>
public static class PoolFile
{
    /// <summary>The list, or every mistake in it with the option that names it.</summary>
    public static (PoolList? Pools, IReadOnlyList<string> Mistakes) Load(string file)
    {
        List<string> mistakes = [];
        try
        {
            PoolList? pools = PoolList.Parse(File.ReadLines(file), mistakes);
            return (pools, [.. mistakes.Select(mistake => $"--pools {file}: {mistake}")]);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException
            or ArgumentException)
        {
            return (null, [$"--pools: {exception.Message}"]);
        }
    }
}
