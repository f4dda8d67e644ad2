using Aurelian.Events;
using Aurelian.Firewall;

namespace Aurelian.Episodes;

/// <summary>
/// Reads the policy file again when it changes: a good one is enforced at once, live connections included; nonsense
/// changes nothing, and is said. Looked at twice a second, since editors replace files in ways that notifications miss.
/// </summary>
internal sealed class PolicyWatcher : IDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(500);

    private readonly string _file;
    private readonly Action<PolicyPlan> _apply;
    private readonly Action<string> _complain;
    private readonly ITimer _timer;
    private string _seen;

    /// <param name="seen">
    /// The text that the run was planned with, taken before it was read: what changed meanwhile is an edit too.
    /// </param>
    internal PolicyWatcher(
        string file, string seen, Action<PolicyPlan> apply, Action<string> complain, TimeProvider time)
    {
        _file = file;
        _apply = apply;
        _complain = complain;
        _seen = seen;
        _timer = time.CreateTimer(_ => Look(), null, Step, Step);
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        try
        {
            LookOnce();
        }
        catch (Exception exception)
        {
            // A policy that may or may not hold is none: said, and looked at again at its next change.
            _complain($"an edit of the policy could not be put in place and stays unused: {exception.Message}");
        }
    }

    private void LookOnce()
    {
        string print = PolicyPrint.Of(_file);
        if (print == _seen)
        {
            return;
        }

        _seen = print;
        (PolicyPlan? plan, IReadOnlyList<PolicyError> errors) = PolicyFile.Load(_file);
        if (plan is null)
        {
            _complain($"the policy was edited to something unusable and stays as it was: {errors[0]}");
        }
        else
        {
            _apply(plan);
        }
    }
}
