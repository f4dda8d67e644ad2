using System.Globalization;

namespace Aurelian.Sandbox;

/// <summary>Puts a refused system call into words.</summary>
internal static class RefusedCall
{
    private static readonly Dictionary<ulong, string> Families = new()
    {
        [1] = "AF_UNIX", [2] = "AF_INET", [10] = "AF_INET6", [15] = "AF_KEY", [16] = "AF_NETLINK", [17] = "AF_PACKET",
        [21] = "AF_RDS", [29] = "AF_CAN", [30] = "AF_TIPC", [31] = "AF_BLUETOOTH", [38] = "AF_ALG", [40] = "AF_VSOCK",
        [44] = "AF_XDP",
    };

    private static readonly (ulong Flag, string Name)[] Namespaces =
    [
        (0x10000000, "CLONE_NEWUSER"), (0x00020000, "CLONE_NEWNS"), (0x40000000, "CLONE_NEWNET"),
        (0x20000000, "CLONE_NEWPID"), (0x08000000, "CLONE_NEWIPC"), (0x04000000, "CLONE_NEWUTS"),
        (0x02000000, "CLONE_NEWCGROUP"), (0x00000080, "CLONE_NEWTIME"),
    ];

    /// <summary>A call by another ABI's numbers, as 32-bit programs make it.</summary>
    internal const string OtherAbi = "foreign ABI call";

    internal static (string Syscall, string Detail) Describe(int number, ReadOnlySpan<ulong> arguments)
    {
        if (number < 0)
        {
            return (OtherAbi, number == int.MinValue ? "" : (-1 - number).ToString(CultureInfo.InvariantCulture));
        }

        string name = Libseccomp.NameOf(number) ?? number.ToString(CultureInfo.InvariantCulture);
        return (name, name switch
        {
            "socket" => Socket(arguments[0], arguments[1], arguments[2]),
            "clone" or "unshare" => NamespacesIn(arguments[0]),
            "setns" => NamespacesIn(arguments[1]),
            "personality" => $"0x{arguments[0]:x}",
            _ => "",
        });
    }

    private static string NamespacesIn(ulong flags) => string.Join(
        '|', Namespaces.Where(entry => (flags & entry.Flag) != 0).Select(entry => entry.Name));

    private static string Socket(ulong family, ulong type, ulong protocol)
    {
        string name = Families.GetValueOrDefault(family, $"family {family}");
        return family is not 2 and not 10 ? name
            : (type & 0xF) == 3 ? $"{name} SOCK_RAW"
            : $"{name} protocol {protocol}";
    }
}
