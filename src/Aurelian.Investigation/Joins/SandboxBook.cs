using Aurelian.Investigation.Cases;
using Aurelian.Investigation.Causes;

namespace Aurelian.Investigation.Joins;

/// <summary>Which sandbox had an address at a time, and what it was running.</summary>
internal sealed class SandboxBook
{
    /// <summary>A flow is recorded up to this long after the call that opened it ended, or before it is seen to
    /// start.</summary>
    private const double Slack = 0.05;

    private readonly CaseFrame _frame;
    private readonly Dictionary<string, List<(double Start, double End, int Episode)>> _byAddress = [];
    private readonly Dictionary<int, List<int>> _calls = [];
    private readonly Dictionary<string, int> _episodes;

    public SandboxBook(CaseFrame frame)
    {
        _frame = frame;
        _episodes = frame.Episodes.Select((e, i) => (e, i)).ToDictionary(x => x.e, x => x.i);
        for (int i = 0; i < frame.Calls; i++)
        {
            int episode = frame.Episode[i];
            if (!_calls.TryGetValue(episode, out List<int>? calls))
            {
                _calls[episode] = calls = [];
                CaseCall call = frame.CallAt(i);
                if (call.HostAddress is { } address)
                {
                    (_byAddress.TryGetValue(address, out var list) ? list : _byAddress[address] = []).Add(
                        (call.SandboxStart - frame.Origin, call.SandboxEnd - frame.Origin, episode));
                }
            }

            calls.Add(i);
        }
    }

    /// <summary>
    /// The episode behind a flow record, and its calls that may have opened it: the one the record names, those
    /// running then, or (a process outlived its call) those that had begun. Null if no sandbox, or more than one, had
    /// the address then.
    /// </summary>
    public (string Episode, IReadOnlyList<int> Calls)? CallsOf(CaseFlow flow, double time)
    {
        int episode;
        if (flow.Episode is { } named)
        {
            if (!_episodes.TryGetValue(named, out episode))
            {
                return null;
            }
        }
        else
        {
            if (flow.SourceAddress is not { } address || !_byAddress.TryGetValue(address, out var sandboxes))
            {
                return null;
            }

            int[] then = [.. sandboxes.Where(s => s.Start - Slack <= time && time <= s.End + Slack)
                .Select(s => s.Episode).Distinct()];
            if (then.Length != 1)
            {
                return null;
            }

            episode = then[0];
        }

        List<int> calls = _calls[episode];
        int[] said = [.. calls.Where(c => flow.ToolCall is { } id && _frame.CallAt(c).Id == id)];
        if (said.Length > 0)
        {
            return (_frame.Episodes[episode], said);
        }

        int[] begun = [.. calls.Where(c => _frame.Start[c] - Slack <= time)];
        return (_frame.Episodes[episode], begun.Length > 0 ? begun : calls);
    }
}
