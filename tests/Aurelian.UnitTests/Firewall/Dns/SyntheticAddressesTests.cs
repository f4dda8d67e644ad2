using System.Net;
using Aurelian.Firewall;

namespace Aurelian.UnitTests.Firewall.Dns;

public sealed class SyntheticAddressesTests
{
    [Fact]
    public void Sandboxes_that_flood_use_up_the_range_but_not_the_names_that_a_policy_spells_out()
    {
        SyntheticRange range = new();
        HashSet<IPAddress> issued = [];
        int sandboxes = 0;
        while (issued.Count < SyntheticRange.Size - SyntheticRange.Reserved)
        {
            SyntheticAddresses flooding = new(range);
            for (int number = 0; number < SyntheticAddresses.NamesMax; number++)
            {
                if (flooding.AddressOf($"n{number}.s{sandboxes}.example", spelt: false) is { } address)
                {
                    Assert.True(issued.Add(address), $"{address} was issued twice");
                }
            }

            sandboxes++;
        }

        SyntheticAddresses honest = new(range);
        Assert.Null(honest.AddressOf("made-up.example", spelt: false));
        IPAddress mirror = honest.AddressOf("mirror.example", spelt: true)!;
        Assert.DoesNotContain(mirror, issued);
        Assert.Equal("mirror.example", honest.NameOf(mirror));
        Assert.Null(new SyntheticAddresses(range).NameOf(mirror));
    }

    [Fact]
    public void A_sandbox_that_asks_for_too_many_names_still_gets_those_that_its_policy_spells_out()
    {
        SyntheticAddresses names = new(new SyntheticRange());
        for (int number = 0; number < SyntheticAddresses.NamesMax; number++)
        {
            Assert.NotNull(names.AddressOf($"n{number}.example", spelt: false));
        }

        Assert.Null(names.AddressOf("one-more.example", spelt: false));
        Assert.NotNull(names.AddressOf("mirror.example", spelt: true));
        Assert.NotNull(names.AddressOf("n7.example", spelt: false));
    }
}
