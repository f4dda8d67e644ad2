using System.Buffers.Binary;
using System.Net;

namespace Aurelian.Firewall;

/// <summary>
/// Addresses of 198.18.0.0/15 for a whole run. One address means one name for ever, and a name has the same one in
/// every sandbox, so that a thousand episodes that ask for the same mirror use up one address. Having it opens nothing:
/// a sandbox reaches only what was issued to itself.
/// </summary>
internal sealed class SyntheticRange
{
    private const uint First = 0xC6120001; // 198.18.0.1
    private const uint Last = 0xC613FFFE; // 198.19.255.254
    internal const int Size = (int)(Last - First + 1);

    /// <summary>
    /// Kept for names that a policy spells out, of which there are only so many: whoever asks for made-up names, in
    /// episode after episode, uses up the others, and an honest sandbox still finds its mirror.
    /// </summary>
    internal const int Reserved = 16 * 1024;

    private readonly Dictionary<string, IPAddress> _byName = new(StringComparer.Ordinal);

    /// <summary>Null when the range is used up: the resolver then refuses, and counts.</summary>
    /// <param name="spelt">A policy has a rule for exactly this name.</param>
    internal IPAddress? AddressOf(string name, bool spelt)
    {
        lock (_byName)
        {
            if (_byName.TryGetValue(name, out IPAddress? known)
                || _byName.Count >= (spelt ? Size : Size - Reserved))
            {
                return known;
            }

            byte[] bytes = new byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(bytes, First + (uint)_byName.Count);
            IPAddress issued = new(bytes);
            _byName[name] = issued;
            return issued;
        }
    }
}
