namespace Aurelian.Simulation;

/// <summary>What the simulated internet is made of. The defaults are what the quick start uses.</summary>
public sealed record SimulationConfig
{
    /// <summary>Everything a client can see that looks random (extranonces, jobs) derives from it.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Hashes that a share costs on average: about a tenth of a second of one core in Python.</summary>
    public uint ShareDifficulty { get; init; } = 65_536;

    /// <summary>Starts a real SSH server (needs root). Without it nobody answers at the relay's address.</summary>
    public bool Ssh { get; init; } = true;

    public ServiceLimits Limits { get; init; } = new();

    /// <exception cref="SimulationException">Every wrong setting at once, each by its name.</exception>
    internal void Validate()
    {
        List<string> mistakes = [];
        if (ShareDifficulty == 0)
        {
            mistakes.Add($"{nameof(ShareDifficulty)} must be at least 1");
        }

        mistakes.AddRange(Limits.Mistakes());
        if (mistakes.Count > 0)
        {
            throw new SimulationException(
                SimulationFailure.BadSetting, $"The simulated internet's settings: {string.Join("; ", mistakes)}.");
        }
    }
}
