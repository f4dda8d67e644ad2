using System.Net;

namespace Aurelian.Readers;

/// <summary>The addresses that were seen last: one that is known is given again instead of made anew.</summary>
internal sealed class RecentAddresses
{
    /// <summary>A power of two: the hash's last bits are the place.</summary>
    private const int PlacesMax = 4096;

    private readonly (UInt128 Number, IPAddress? Address)[] _places = new (UInt128, IPAddress?)[PlacesMax];

    internal IPAddress Of(UInt128 number)
    {
        ref (UInt128 Number, IPAddress? Address) place = ref _places[number.GetHashCode() & (PlacesMax - 1)];
        if (place.Address is { } known && place.Number == number)
        {
            return known;
        }

        IPAddress address = IpPacket.ToAddress(number);
        place = (number, address);
        return address;
    }
}
