using System.Net;
using Aurelian.Firewall;
using Aurelian.Sandbox;

namespace Aurelian.LinuxTests.Firewall;

/// <summary>Our own messages to nftables, read back by its library.</summary>
public sealed class SetElementsTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);

    private readonly NetworkNamespace _inside = NetworkNamespace.Create("sets test");
    private readonly Nftables _library;
    private readonly SetElements _sets;

    public SetElementsTests()
    {
        _library = new Nftables(_inside);
        _sets = new SetElements(_inside);
    }

    [Fact]
    public void More_gates_than_one_message_holds_are_renewed_and_one_is_closed()
    {
        _library.Run(GatewayRules.Ruleset(1));
        NetworkSlot[] slots = [.. Enumerable.Range(0, 300).Select(Slot)];

        _sets.Renew(slots, Long);
        string all = Listed();
        Assert.All(slots, slot => Assert.Contains(Element(slot), all, StringComparison.Ordinal));
        Assert.Contains("timeout 1h", all, StringComparison.Ordinal);

        _sets.Close(slots[7], Long);
        string left = Listed();
        Assert.DoesNotContain(Element(slots[7]), left, StringComparison.Ordinal);
        Assert.Contains(Element(slots[8]), left, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_renewed_again_lasts_from_then_on()
    {
        _library.Run(GatewayRules.Ruleset(1));

        _sets.Renew([Slot(1)], TimeSpan.FromMilliseconds(1500));
        _sets.Renew([Slot(1)], Long);

        Assert.Contains("timeout 1h", Listed(), StringComparison.Ordinal);
    }

    [Fact]
    public void Counters_are_read_by_interface()
    {
        _library.Run(GatewayRules.Ruleset(1));
        _library.Run("""
            add element inet aurelian untold { "s1" counter packets 7 bytes 9 }
            add element inet aurelian untold { "s22" counter packets 5000000000 bytes 1 }
            """);

        Assert.Equal(
            [("s1", 7L), ("s22", 5_000_000_000L)], _sets.Count(GatewayRules.UntoldSet).OrderBy(each => each.Interface));
    }

    [Fact]
    public void What_the_kernel_refuses_is_told()
    {
        // Without the ruleset there is no such table.
        Assert.Throws<FirewallException>(() => _sets.Renew([Slot(1)], Long));
        Assert.Throws<FirewallException>(() => _sets.Close(Slot(1), Long));
        Assert.Throws<FirewallException>(() => _sets.Count(GatewayRules.UntoldSet));
    }

    public void Dispose()
    {
        _sets.Dispose();
        _library.Dispose();
        _inside.Dispose();
    }

    private NetworkSlot Slot(int index) => new(
        index, _inside, $"s{index}", SlotAddresses.Sandbox(index), SlotAddresses.Gateway(index), IPAddress.Loopback);

    private static string Element(NetworkSlot slot) => $"\"{slot.GatewayInterface}\" . {slot.Address} ";

    private string Listed() => _library.Run("list set inet aurelian live");
}
