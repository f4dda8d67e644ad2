namespace Aurelian.Sandbox;

/// <summary>
/// A thread that runs before all others of the machine when it has something to do: between an event and its
/// containment nothing may wait for a busy core. Where the kernel refuses real-time priority it is an ordinary one.
/// </summary>
/// <remarks>Work on it is bounded by the sensors' budgets; the kernel keeps a twentieth of each core back.</remarks>
public static class UrgentThread
{
    private const int RoundRobin = 2;

    /// <summary>Starts a background thread on <paramref name="work"/>.</summary>
    public static Thread Start(string name, Action work)
    {
        Thread thread = new(() =>
        {
            int priority = 1;
            _ = Native.SetScheduler(0, RoundRobin, in priority);
            work();
        })
        {
            IsBackground = true,
            Name = name,
        };
        thread.Start();
        return thread;
    }
}
