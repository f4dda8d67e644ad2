namespace Aurelian.Firewall;

/// <summary>Settings of the gateway's namespace; IPv4's would otherwise come from the host.</summary>
internal static class KernelSettings
{
    private const string Folder = "/proc/sys/net";

    /// <summary>Runs on a thread inside the namespace.</summary>
    internal static void Apply()
    {
        Write("ipv4/ip_forward", "0");
        // Delivered locally whatever the destination: the reverse path of a sandbox's address is its veth anyway.
        Write("ipv4/conf/all/rp_filter", "0");
        Write("ipv4/conf/default/rp_filter", "0");
        Write("ipv4/conf/all/accept_redirects", "0");
        // A refusal for each packet refused: by default the kernel spares all but one a second.
        Write("ipv4/icmp_ratelimit", "0");
        if (Directory.Exists($"{Folder}/ipv6"))
        {
            Write("ipv6/icmp/ratelimit", "0");
            Write("ipv6/conf/all/forwarding", "0");
            Write("ipv6/conf/all/accept_ra", "0");
            Write("ipv6/conf/default/accept_ra", "0");
        }
    }

    private static void Write(string setting, string value) => File.WriteAllText($"{Folder}/{setting}", value);
}
