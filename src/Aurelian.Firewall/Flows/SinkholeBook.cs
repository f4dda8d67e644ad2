using Aurelian.Events;

namespace Aurelian.Firewall;

/// <summary>
/// A scan must not fill the sinkhole: the first 32 destinations of a call (of the sandbox, where the call is not known)
/// are listened to, the others are reset at once.
/// </summary>
internal sealed class SinkholeBook
{
    internal const int DestinationsMax = 32;
    private const int CallsMax = 4096;

    private readonly Dictionary<string, HashSet<Endpoint>> _calls = new(StringComparer.Ordinal);

    internal bool MayListen(ToolCallId? call, Endpoint destination)
    {
        lock (_calls)
        {
            if (!_calls.TryGetValue(Key(call), out HashSet<Endpoint>? destinations))
            {
                if (_calls.Count >= CallsMax)
                {
                    return false;
                }

                _calls[Key(call)] = destinations = [];
            }

            return destinations.Contains(destination)
                || (destinations.Count < DestinationsMax && destinations.Add(destination));
        }
    }

    /// <summary>Our own probes must not use up what the sandbox may say.</summary>
    internal void Forget(ToolCallId? call)
    {
        lock (_calls)
        {
            _calls.Remove(Key(call));
        }
    }

    private static string Key(ToolCallId? call) => call?.Value ?? "";
}
