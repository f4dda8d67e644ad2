using System.Collections.Concurrent;
using System.Net;

namespace Aurelian.Firewall;

/// <summary>
/// The names of one sandbox and the addresses issued for them. A name is only reachable at the address issued for it,
/// in the sandbox that asked.
/// </summary>
internal sealed class SyntheticAddresses(SyntheticRange range)
{
    /// <summary>
    /// A sandbox that asks for more names than this is tunnelling or broken. Some hundred of them together use up the
    /// range for names that no policy spells out.
    /// </summary>
    internal const int NamesMax = 1024;

    private readonly Dictionary<string, IPAddress> _byName = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<IPAddress, string> _byAddress = new();

    /// <summary>Null: too many names, by this sandbox or in this run.</summary>
    internal IPAddress? AddressOf(string name, bool spelt)
    {
        lock (_byName)
        {
            if (_byName.TryGetValue(name, out IPAddress? known))
            {
                return known;
            }

            // Names that the policy spells out are few, and an honest call after a flood still needs them.
            if ((_byName.Count >= NamesMax && !spelt) || range.AddressOf(name, spelt) is not { } issued)
            {
                return null;
            }

            _byAddress[issued] = name;
            _byName[name] = issued;
            return issued;
        }
    }

    /// <summary>The name that the address was issued for, in this sandbox.</summary>
    internal string? NameOf(IPAddress address) => _byAddress.GetValueOrDefault(address);
}
