namespace Aurelian.Investigation.Sampling;

/// <summary>
/// One point of the posterior: clocks, rates, background, and which calls misbehave. The rate at an alert of type m is
/// background·types[m] + Σ over misbehaving calls of (rate of the call there)·(the cause's chance of m).
/// </summary>
internal sealed class ChainState
{
    private readonly SampleSpace _space;
    private readonly CallResponse[] _scratch = [new(), new()];
    private CallResponse?[] _responses;
    private CallResponse?[] _proposed;
    private double[] _own;
    private double[] _ownProposed;

    /// <param name="like">A state of another space to take the rates from; null for the priors'.</param>
    /// <param name="times">How many times higher they are here.</param>
    public ChainState(SampleSpace space, ClockParameters clock, ChainState? like = null, double times = 1)
    {
        _space = space;
        Clock = clock;
        Rates = [.. space.Tasks.Select(_ => new CulpritParameters { Types = Flatten(space.TypeBase) })];
        BackgroundTypes = Flatten(space.TypeBase);
        Background = Math.Max(1, space.Time.Length) / (space.To - space.From) * 0.6;
        if (like is not null)
        {
            Rates = [.. like.Rates.Select(r => r.Copy(times))];
            BackgroundTypes = [.. like.BackgroundTypes];
        }

        Bad = new bool[space.Calls.Length];
        GroupBad = new int[space.Groups.Length];
        _responses = new CallResponse?[space.Calls.Length];
        _proposed = new CallResponse?[space.Calls.Length];
        _own = new double[space.Time.Length];
        _ownProposed = new double[space.Time.Length];
        LogLikelihood = Likelihood(_own, Background, BackgroundTypes, 0);
    }

    public ClockParameters Clock { get; private set; }

    /// <summary>By task.</summary>
    public CulpritParameters[] Rates { get; private set; }

    /// <summary>Alerts a second that no suspect call caused.</summary>
    public double Background { get; private set; }

    public double[] BackgroundTypes { get; private set; }

    public bool[] Bad { get; }

    public int[] GroupBad { get; }

    public List<int> BadCalls { get; } = [];

    public double LogLikelihood { get; private set; }

    public double LogPrior => PriorOf(Clock, Rates, Background, BackgroundTypes) + GroupPrior();

    public CallResponse ResponseOf(int call) => _responses[call]!;

    /// <summary>The rate at an alert that suspect calls make up.</summary>
    public double Own(int alert) => _own[alert];

    public double BackgroundAt(int alert) => Background * BackgroundTypes[_space.Type[alert]];

    /// <summary>How much likelier the alerts become when a call turns bad (or, if it is bad, than when it turns
    /// good), as a log.</summary>
    public double LogGain(int call, out CallResponse response)
    {
        bool bad = Bad[call];
        response = bad ? _responses[call]! : _scratch[0];
        CulpritParameters rates = Rates[_space.CauseOf[call]];
        bool quick = _space.Quick[call];
        if (!bad)
        {
            response.Fill(_space, call, Clock, rates);
        }

        double gain = -response.Expected(quick, rates), product = 1;
        foreach (ref readonly Response at in response.Responses)
        {
            double rate = CallResponse.Rate(at, quick, rates) * rates.Types[_space.Type[at.Alert]];
            // What is left of a sum that its largest part was taken from may be below nothing.
            double without = BackgroundAt(at.Alert) + Math.Max(0, _own[at.Alert] - (bad ? rate : 0));
            product *= 1 + (rate / Math.Max(without, 1e-300));
            if (product > 1e200)
            {
                gain += Math.Log(product);
                product = 1;
            }
        }

        return gain + Math.Log(product);
    }

    /// <summary>Turns a call over; <paramref name="gain"/> and <paramref name="response"/> are from
    /// <see cref="LogGain"/>.</summary>
    public void Flip(int call, double gain, CallResponse response)
    {
        bool bad = Bad[call] = !Bad[call];
        int group = _space.GroupOf[call];
        GroupBad[group] += bad ? 1 : -1;
        LogLikelihood += bad ? gain : -gain;
        CulpritParameters rates = Rates[_space.CauseOf[call]];
        bool quick = _space.Quick[call];
        foreach (ref readonly Response at in response.Responses)
        {
            double rate = CallResponse.Rate(at, quick, rates) * rates.Types[_space.Type[at.Alert]];
            _own[at.Alert] = Math.Max(0, _own[at.Alert] + (bad ? rate : -rate));
        }

        if (bad)
        {
            _responses[call] ??= new CallResponse();
            (_responses[call], _scratch[0]) = (_scratch[0], _responses[call]!);
            BadCalls.Add(call);
        }
        else
        {
            BadCalls.Remove(call);
        }
    }

    /// <summary>
    /// Moves to other parameters if <paramref name="accept"/> takes the change in log likelihood and log prior;
    /// <paramref name="refill"/> says that the shapes change too.
    /// </summary>
    public bool TryMove(
        in ClockParameters clock, CulpritParameters[] rates, double background, double[] backgroundTypes, bool refill,
        double logJacobian, double beta, double logUniform)
    {
        double prior = PriorOf(clock, rates, background, backgroundTypes)
            - PriorOf(Clock, Rates, Background, BackgroundTypes) + logJacobian;
        double[] own = _ownProposed;
        Array.Clear(own);
        double expected = 0;
        foreach (int call in BadCalls)
        {
            CulpritParameters of = rates[_space.CauseOf[call]];
            CallResponse response = _responses[call]!;
            if (refill)
            {
                response = _proposed[call] ??= new CallResponse();
                response.Fill(_space, call, clock, of);
            }

            bool quick = _space.Quick[call];
            expected += response.Expected(quick, of);
            foreach (ref readonly Response at in response.Responses)
            {
                own[at.Alert] += CallResponse.Rate(at, quick, of) * of.Types[_space.Type[at.Alert]];
            }
        }

        double likelihood = Likelihood(own, background, backgroundTypes, expected);
        if (!(logUniform < (beta * (likelihood - LogLikelihood)) + prior))
        {
            return false;
        }

        (_own, _ownProposed) = (own, _own);
        if (refill)
        {
            foreach (int call in BadCalls)
            {
                (_responses[call], _proposed[call]) = (_proposed[call], _responses[call]);
            }
        }

        (Clock, Rates, Background, BackgroundTypes) = (clock, rates, background, backgroundTypes);
        LogLikelihood = likelihood;
        return true;
    }

    private double Likelihood(double[] own, double background, double[] types, double expected)
    {
        double log = -(background * (_space.To - _space.From)) - expected, product = 1;
        for (int i = 0; i < own.Length; i++)
        {
            product *= (background * types[_space.Type[i]]) + own[i];
            if (product < 1e-200 || product > 1e200)
            {
                log += Math.Log(product);
                product = 1;
            }
        }

        return log + Math.Log(product);
    }

    private double PriorOf(in ClockParameters clock, CulpritParameters[] rates, double background, double[] types)
    {
        double log = clock.LogPrior();
        if (_space.Clock is { } joined)
        {
            double half = Math.Max(0.05, (joined.OffsetInterval.High - joined.OffsetInterval.Low) / 4);
            double off = (clock.Offset - joined.Offset) / half;
            log -= 0.5 * off * off;
        }

        foreach (CulpritParameters of in rates)
        {
            log += of.LogPrior(_space.TypeBase);
        }

        double z = Math.Log(background * (_space.To - _space.From) / Math.Max(1, _space.Time.Length) / 0.5);
        log -= 0.5 * z * z;
        for (int m = 0; m < types.Length; m++)
        {
            log += ((5 * _space.TypeBase[m]) + 0.3) * Math.Log(Math.Max(types[m], 1e-12));
        }

        return log;
    }

    private double GroupPrior()
    {
        double log = 0;
        for (int g = 0; g < GroupBad.Length; g++)
        {
            log += _space.LogGroup(g, GroupBad[g]);
        }

        return log;
    }

    private static double[] Flatten(double[] shares) =>
        [.. shares.Select(s => (0.9 * s) + (0.1 / shares.Length))];
}
