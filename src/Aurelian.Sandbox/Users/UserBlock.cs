namespace Aurelian.Sandbox;

/// <summary>
/// The users of one sandbox, ids as on the host (there is no user namespace): pid 1, the agent and the grader. Each
/// sandbox has a block of its own, also beside another Aurelian's, so that two sandboxes' processes are strangers even
/// to the kernel.
/// </summary>
/// <param name="Keeper">pid 1: nobody inside may signal or trace it.</param>
internal readonly record struct UserBlock(uint Keeper, uint Agent, uint Grader)
{
    private const uint Base = 0x70000000;
    private const uint BlockSize = 4;
    private const uint BlocksMax = 1 << 20;
    private const uint BlocksPerHost = 1 << 10;

    internal uint Of(SandboxUser user) => user == SandboxUser.Agent ? Agent : Grader;

    /// <param name="host">
    /// A number that two hosts of sandboxes on one machine hardly share (a process id): each has blocks of its own.
    /// </param>
    internal static UserBlock At(uint origin, uint host, int index)
    {
        uint region = host % (BlocksMax / BlocksPerHost);
        uint first = origin + (((region * BlocksPerHost) + ((uint)index % BlocksPerHost)) * BlockSize);
        return new UserBlock(first, first + 1, first + 2);
    }

    /// <summary>
    /// The first range from a high base that no account and no subordinate range of this machine touches.
    /// </summary>
    internal static uint FindRange()
    {
        List<(long First, long Last)> taken =
        [
            .. Entries("/etc/passwd", 2).Select(fields => Range(fields[2], "1")),
            .. Entries("/etc/group", 2).Select(fields => Range(fields[2], "1")),
            .. Entries("/etc/subuid", 2).Select(fields => Range(fields[1], fields[2])),
            .. Entries("/etc/subgid", 2).Select(fields => Range(fields[1], fields[2])),
        ];
        return FindRange(taken);
    }

    internal static uint FindRange(IReadOnlyList<(long First, long Last)> taken)
    {
        const long size = (long)BlockSize * BlocksMax;
        // Up to 2^31: some programs hold an id in a signed number.
        for (long first = Base; first + size <= int.MaxValue; first += size)
        {
            if (taken.All(range => range.Last < first || range.First >= first + size))
            {
                return (uint)first;
            }
        }

        throw new SandboxException(SandboxFailure.Missing, "No range of user ids is free above 0x70000000.");
    }

    private static IEnumerable<string[]> Entries(string file, int fieldsMin) => !File.Exists(file)
        ? []
        : File.ReadLines(file).Select(line => line.Split(':')).Where(fields => fields.Length > fieldsMin);

    private static (long First, long Last) Range(string first, string count) =>
        long.TryParse(first, out long from) && long.TryParse(count, out long length) ? (from, from + length - 1) : (-1,
            -1);
}
