namespace Aurelian.Investigation.Sampling;

/// <summary>What the chains say: who caused each alert, and the clocks.</summary>
internal sealed class PosteriorSample
{
    private readonly Dictionary<int, double>[] _shares;
    private readonly int[] _quiet;
    private int _draws;

    public PosteriorSample(SampleSpace space)
    {
        Space = space;
        _shares = [.. space.Time.Select(_ => new Dictionary<int, double>())];
        Background = new double[space.Time.Length];
        BadShare = new double[space.Calls.Length];
        _quiet = new int[space.Tasks.Length];
    }

    public SampleSpace Space { get; }

    /// <summary>Where the sharp chain stood last.</summary>
    public ChainState? Last { get; private set; }

    /// <summary>Draws of the clocks, flattened for intervals.</summary>
    public List<ClockParameters> Clocks { get; } = [];

    /// <summary>By alert: the chance that no suspect call caused it (a sum until <see cref="Finish"/>).</summary>
    public double[] Background { get; }

    /// <summary>By call: the chance that it misbehaves (likewise).</summary>
    public double[] BadShare { get; }

    /// <summary>By alert: the chance of each call that may have caused it, by index into the space's calls.</summary>
    public IReadOnlyDictionary<int, double> SharesOf(int alert) => _shares[alert];

    /// <summary>The chance that none of a task's calls misbehaves.</summary>
    public double QuietShare(int task) => _draws == 0 ? 1 : _quiet[task] / (double)_draws;

    public void Take(ChainState state)
    {
        HashSet<int> loud = [.. state.BadCalls.Select(c => Space.CauseOf[c])];
        for (int task = 0; task < _quiet.Length; task++)
        {
            _quiet[task] += loud.Contains(task) ? 0 : 1;
        }

        _draws++;
        Last = state;
        for (int i = 0; i < Background.Length; i++)
        {
            double background = state.BackgroundAt(i);
            Background[i] += background / (background + state.Own(i));
        }

        foreach (int call in state.BadCalls)
        {
            BadShare[call]++;
            Share(state, call);
        }
    }

    public void Finish()
    {
        if (_draws == 0)
        {
            Array.Fill(Background, 1);
            return;
        }

        for (int i = 0; i < Background.Length; i++)
        {
            Background[i] /= _draws;
            foreach (int call in _shares[i].Keys)
            {
                _shares[i][call] /= _draws;
            }
        }

        for (int call = 0; call < BadShare.Length; call++)
        {
            BadShare[call] /= _draws;
        }
    }

    private void Share(ChainState state, int call)
    {
        CulpritParameters rates = state.Rates[Space.CauseOf[call]];
        bool quick = Space.Quick[call];
        foreach (ref readonly Response at in state.ResponseOf(call).Responses)
        {
            double rate = CallResponse.Rate(at, quick, rates) * rates.Types[Space.Type[at.Alert]];
            double share = rate / (state.BackgroundAt(at.Alert) + state.Own(at.Alert));
            if (share > 1e-6)
            {
                Dictionary<int, double> shares = _shares[at.Alert];
                shares[call] = shares.GetValueOrDefault(call) + share;
            }
        }
    }
}
