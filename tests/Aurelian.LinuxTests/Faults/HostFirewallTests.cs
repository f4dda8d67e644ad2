using System.Diagnostics;
using Aurelian.Sandbox;

namespace Aurelian.LinuxTests.Faults;

/// <summary>
/// The machine has a firewall of its own. A network namespace stands for the machine: the real one's rules are neither
/// read nor changed here.
/// </summary>
public sealed class HostFirewallTests
{
    /// <summary>As ufw and Docker leave them: all dropped but what is named, address translation, counters.</summary>
    private const string Rules = """
        table ip filter {
            chain ufw-before-input { counter drop; }
            chain INPUT { type filter hook input priority filter; policy drop; counter jump ufw-before-input; }
            chain DOCKER-USER { counter return; }
            chain FORWARD { type filter hook forward priority filter; policy drop; counter jump DOCKER-USER; }
            chain OUTPUT { type filter hook output priority filter; policy drop; counter drop; }
        }
        table ip nat {
            chain DOCKER { counter return; }
            chain PREROUTING { type nat hook prerouting priority dstnat; policy accept; counter jump DOCKER; }
            chain POSTROUTING { type nat hook postrouting priority srcnat; policy accept; counter masquerade; }
        }
        table inet aurelian {
            set live { type ipv4_addr; }
            chain arrive { type filter hook prerouting priority mangle; policy accept; counter; }
        }
        """;

    [Fact]
    public async Task The_machine_s_own_rules_are_neither_touched_nor_passed()
    {
        using NetworkNamespace machine = NetworkNamespace.Create("machine");
        string folder = Directory.CreateTempSubdirectory("aurelian-rules-").FullName;
        string rules = Path.Combine(folder, "rules"), policy = Path.Combine(folder, "policy.toml");
        await File.WriteAllTextAsync(rules, Rules, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(policy, FaultRun.AllowMirror, TestContext.Current.CancellationToken);
        Nft(machine, "-f", rules);
        string before = Nft(machine, "list", "ruleset");

        using AurelianProcess aurelian = AurelianProcess.RunInside(
            machine, $"python3 -c \"import urllib.request as u; print(len(u.urlopen('http://{FaultRun.Mirror}/simple/')"
                + ".read()) > 0)\"; echo denied >/dev/tcp/203.0.113.9/81; sleep 2",
            "--upstream", "simulated", "--policy", policy);
        await Eventually.Async(() => aurelian.Output.Contains("True", StringComparison.Ordinal), 30);
        string meanwhile = Nft(machine, "list", "ruleset");
        int code = await aurelian.ExitAsync();

        Assert.Equal((0, true), (code, aurelian.Output.Contains("True", StringComparison.Ordinal)));
        // Counters included: not one packet of a sandbox came by.
        Assert.Equal(before, meanwhile);
        Assert.Equal(before, Nft(machine, "list", "ruleset"));
        Assert.Contains("counter packets 0 bytes 0 masquerade", before, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    private static string Nft(NetworkNamespace inside, params string[] arguments)
    {
        using Process nft = inside.Run(() => Process.Start(new ProcessStartInfo(Executables.Find("nft")!, arguments)
        {
            RedirectStandardOutput = true,
        })!);
        string said = nft.StandardOutput.ReadToEnd();
        nft.WaitForExit();
        Assert.Equal(0, nft.ExitCode);
        return said;
    }
}
