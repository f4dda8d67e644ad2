using Aurelian.Investigation.Causes;
using Aurelian.Investigation.Simulate;

namespace Aurelian.Investigation.Sampling;

/// <summary>
/// A Metropolis chain over (prior)·(likelihood)^β. Which calls misbehave moves together with the clock, one by one, in
/// pairs, and by whole groups; the lag moves with the offset, since they trade off.
/// </summary>
internal sealed class Chain
{
    private const int FlipsPerSweep = 60;
    private const int SettlingMoves = 20;

    private readonly SampleSpace _space;
    private readonly Random _random;
    private readonly double[] _cumulative;
    private readonly double[] _weights;
    private readonly double _range;
    private readonly ClockPeaks _peaks;

    /// <param name="starts">Readings of the clock that groups may jump to.</param>
    /// <param name="like">A state to take the rates from.</param>
    /// <param name="times">How many times higher they are here.</param>
    public Chain(
        SampleSpace space, ClockParameters clock, double beta, double range, int seed,
        IReadOnlyList<StartingPoint> starts, ChainState? like = null, double times = 1)
    {
        _peaks = new ClockPeaks(space, starts, 1.5 * AssociationTest.StepOf(space.Frame));
        _space = space;
        _random = new Random(seed);
        _range = range;
        Beta = beta;
        State = new ChainState(space, clock, like, times);
        _weights = [.. space.Calls.Select((c, i) => space.Frame.IsBrief(c) ? 0.1 : 1.0)];
        _cumulative = new double[_weights.Length];
        double sum = 0;
        for (int i = 0; i < _weights.Length; i++)
        {
            _cumulative[i] = sum += _weights[i];
        }
    }

    public double Beta { get; set; }

    public ChainState State { get; set; }

    public void Sweep()
    {
        if (_space.Calls.Length == 0)
        {
            return;
        }

        for (int k = 0; k < FlipsPerSweep; k++)
        {
            FlipOne(PickCall());
        }

        for (int k = 0; k < 4; k++)
        {
            Exchange();
        }

        FlipGroup(_random.Next(_space.Groups.Length));
        Complete(_random.Next(_space.Groups.Length));
        for (int k = 0; k < 3 && !_peaks.IsEmpty; k++)
        {
            Jump(_peaks.Group(_random));
        }

        for (int cause = 0; cause < _space.Tasks.Length; cause++)
        {
            MoveRates(cause);
        }

        MoveBackground();
        MoveClock();
    }

    /// <summary>
    /// Takes a starting point's rates. If its calls run one program, all of them turn bad and the rates settle; of
    /// others those do that alerts speak for.
    /// </summary>
    public void Kindle(StartingPoint start)
    {
        double onset = Math.Max(0.1, ScanHypotheses.Onset(start.Hypothesis));
        double active = ScanHypotheses.Active(start.Hypothesis);
        foreach (int cause in start.Calls.Select(c => _space.CauseOf[c]).Distinct())
        {
            (State.Rates[cause].Onset, State.Rates[cause].Active, State.Rates[cause].Quick) = (onset, active, active);
        }

        bool whole = start.Calls.Select(c => _space.Frame.Cell[_space.Calls[c]]).Distinct().Count() == 1;
        foreach (int call in start.Calls.Where(c => !State.Bad[c]))
        {
            double gain = State.LogGain(call, out CallResponse response);
            if (whole || gain > -1)
            {
                State.Flip(call, gain, response);
            }
        }

        for (int k = 0; k < SettlingMoves && whole; k++)
        {
            MoveRates(_space.CauseOf[start.Calls[0]]);
            MoveBackground();
        }
    }

    /// <summary>Turns each call of the groups that were found bad, if its alerts speak for it.</summary>
    public void KindleFound()
    {
        for (int group = 0; group < _space.Groups.Length; group++)
        {
            foreach (int call in _space.GroupPrior[group] > 0.5 ? _space.Groups[group] : [])
            {
                double gain = State.LogGain(call, out CallResponse response);
                if (gain > -1)
                {
                    State.Flip(call, gain, response);
                }
            }
        }
    }

    /// <summary>A draw of the clock under a flattened likelihood, from where the chain stands.</summary>
    public ClockParameters FlatClock(double beta, int moves)
    {
        ClockParameters stand = State.Clock;
        double sharp = Beta;
        Beta = beta;
        for (int k = 0; k < moves; k++)
        {
            MoveClock();
        }

        Beta = sharp;
        ClockParameters drawn = State.Clock;
        Stand(stand);
        return drawn;
    }

    private int PickCall()
    {
        int at = Array.BinarySearch(_cumulative, _random.NextDouble() * _cumulative[^1]);
        return Math.Min(at < 0 ? ~at : at, _cumulative.Length - 1);
    }

    private void FlipOne(int call)
    {
        double gain = State.LogGain(call, out CallResponse response);
        bool bad = State.Bad[call];
        int group = _space.GroupOf[call], others = State.GroupBad[group] - (bad ? 1 : 0);
        double odds = (Beta * gain) + _space.LogGroup(group, others + 1) - _space.LogGroup(group, others);
        bool shall = _random.NextDouble() < 1 / (1 + Math.Exp(-odds));
        if (shall != bad)
        {
            State.Flip(call, gain, response);
        }
    }

    // One call good, another bad, in one step: siblings that overlap explain the same alerts.
    private void Exchange()
    {
        if (State.BadCalls.Count == 0)
        {
            return;
        }

        int from = State.BadCalls[_random.Next(State.BadCalls.Count)], to = PickCall();
        if (State.Bad[to])
        {
            return;
        }

        double prior = State.LogPrior;
        double loss = State.LogGain(from, out CallResponse response);
        State.Flip(from, loss, response);
        double gain = State.LogGain(to, out response);
        State.Flip(to, gain, response);
        double log = (Beta * (gain - loss)) + State.LogPrior - prior + Math.Log(_weights[from] / _weights[to]);
        if (Math.Log(_random.NextDouble()) >= log)
        {
            gain = State.LogGain(to, out response);
            State.Flip(to, gain, response);
            gain = State.LogGain(from, out response);
            State.Flip(from, gain, response);
        }
    }

    // A quiet group catches fire as a whole, or a burning one goes out.
    private void FlipGroup(int group)
    {
        List<int> calls = _space.Groups[group];
        int[] bad = [.. calls.Where(c => State.Bad[c])];
        double prior = State.LogPrior, likelihood = State.LogLikelihood, forward = 0;
        if (bad.Length > 0)
        {
            foreach (int call in bad)
            {
                double gain = State.LogGain(call, out CallResponse response);
                State.Flip(call, gain, response);
            }

            double back = calls.Sum(c => LogChance(c, bad.Contains(c)));
            double log = (Beta * (State.LogLikelihood - likelihood)) + State.LogPrior - prior + back;
            if (Math.Log(_random.NextDouble()) < log)
            {
                return;
            }

            FlipAll(bad);
            return;
        }

        double[] chances = [.. calls.Select(Chance)];
        int[] chosen = [.. calls.Where((_, i) => _random.Chance(chances[i]))];
        forward = LogDraw(calls, chances, chosen);
        if (chosen.Length == 0)
        {
            return;
        }

        FlipAll(chosen);
        if (Math.Log(_random.NextDouble())
            >= (Beta * (State.LogLikelihood - likelihood)) + State.LogPrior - prior - forward)
        {
            FlipAll(chosen);
        }
    }

    // A group misbehaves as a whole, or falls back to those of its calls that alerts speak for.
    private void Complete(int group)
    {
        List<int> calls = _space.Groups[group];
        int[] before = [.. calls.Where(c => State.Bad[c])];
        if (before.Length == 0)
        {
            return;
        }

        double prior = State.LogPrior, likelihood = State.LogLikelihood;
        FlipAll(before);
        double[] chances = [.. calls.Select(Chance)];
        bool whole = before.Length == calls.Count;
        int[] after = whole ? [.. calls.Where((_, i) => _random.Chance(chances[i]))] : [.. calls];
        int[] part = whole ? after : before;
        double draw = LogDraw(calls, chances, part);
        FlipAll(after);
        double log = (Beta * (State.LogLikelihood - likelihood)) + State.LogPrior - prior + (whole ? -draw : draw);
        // From none at all there is no way back.
        if (part.Length == 0 || part.Length == calls.Count || Math.Log(1 - _random.NextDouble()) >= log)
        {
            FlipAll(after);
            FlipAll(before);
        }
    }

    private void FlipAll(int[] calls)
    {
        foreach (int call in calls)
        {
            double gain = State.LogGain(call, out CallResponse response);
            State.Flip(call, gain, response);
        }
    }

    // A quiet group catches fire at a clock that the scan saw a peak at, or a burning one goes out and leaves the clock
    // to any: so a chain finds a reading far from where it stands.
    private void Jump(int group)
    {
        List<int> calls = _space.Groups[group];
        int[] bad = [.. calls.Where(c => State.Bad[c])];
        ClockParameters stand = State.Clock;
        double prior = State.LogPrior, likelihood = State.LogLikelihood, anywhere = -Math.Log(2 * _range);
        double to = bad.Length > 0
            ? _random.Uniform(-_range, _range)
            : _peaks.Draw(group, _random);
        FlipAll(bad);
        double back = bad.Length == 0 ? anywhere
            : _peaks.LogDensity(group, stand.Offset) + calls.Sum(c => LogChance(c, bad.Contains(c)));
        Stand(stand with { Offset = to });
        int[] chosen = [];
        double forward = anywhere;
        if (bad.Length == 0)
        {
            double[] chances = [.. calls.Select(Chance)];
            chosen = [.. calls.Where((_, i) => _random.Chance(chances[i]))];
            forward = _peaks.LogDensity(group, to) + LogDraw(calls, chances, chosen);
            FlipAll(chosen);
        }

        double log = (Beta * (State.LogLikelihood - likelihood)) + State.LogPrior - prior + back - forward;
        if (Math.Abs(to) > _range || bad.Length + chosen.Length == 0 || Math.Log(1 - _random.NextDouble()) >= log)
        {
            FlipAll(chosen);
            Stand(stand);
            FlipAll(bad);
        }
    }

    private void Stand(in ClockParameters clock) => State.TryMove(
        clock, State.Rates, State.Background, State.BackgroundTypes, true, 0, 1, double.NegativeInfinity);

    // How likely just these of a group's calls were drawn, as a log.
    private static double LogDraw(List<int> calls, double[] chances, int[] drawn) =>
        calls.Select((c, i) => Math.Log(drawn.Contains(c) ? chances[i] : 1 - chances[i])).Sum();

    private double Chance(int call)
    {
        double gain = Beta * State.LogGain(call, out _);
        return Math.Clamp(1 / (1 + Math.Exp(1 - gain)), 0.01, 0.99);
    }

    private double LogChance(int call, bool bad)
    {
        double chance = Chance(call);
        return Math.Log(bad ? chance : 1 - chance);
    }

    private void MoveRates(int cause)
    {
        for (int which = 0; which < 6; which++)
        {
            CulpritParameters next = State.Rates[cause].Copy();
            double step = Math.Exp(0.35 * _random.Normal());
            switch (which)
            {
                case 0: next.Onset *= step; break;
                case 1: next.Active *= step; break;
                case 2: next.AfterShare *= step; break;
                case 3: next.Quick *= step; break;
                case 4: (next.AfterFade, next.QuickFade) = (next.AfterFade * step, next.QuickFade / step); break;
                default: next.Types = Perturb(next.Types); break;
            }

            CulpritParameters[] rates = [.. State.Rates];
            rates[cause] = next;
            State.TryMove(
                State.Clock, rates, State.Background, State.BackgroundTypes, which == 4, 0, Beta, Threshold());
        }
    }

    private void MoveBackground()
    {
        State.TryMove(State.Clock, State.Rates, State.Background * Math.Exp(0.2 * _random.Normal()),
            State.BackgroundTypes, false, 0, Beta, Threshold());
        State.TryMove(State.Clock, State.Rates, State.Background, Perturb(State.BackgroundTypes), false, 0, Beta,
            Threshold());
    }

    private void MoveClock()
    {
        for (int k = 0; k < 5; k++)
        {
            ClockParameters clock = State.Clock;
            double scale = k == 0 && _random.Chance(0.3) ? 15 : 0.4;
            clock = k switch
            {
                0 or 1 => clock with { Offset = clock.Offset + (scale * _random.Normal()) },
                2 => clock with { DriftPpm = clock.DriftPpm + (60 * _random.Normal()) },
                3 => Traded(clock),
                _ => clock with
                {
                    LagMedian = clock.LagMedian * Math.Exp(0.3 * _random.Normal()),
                    LagSigma = clock.LagSigma * Math.Exp(0.15 * _random.Normal()),
                },
            };
            if (Math.Abs(clock.Offset) <= _range && clock.LagMedian is > 0.05 and < 30)
            {
                State.TryMove(clock, State.Rates, State.Background, State.BackgroundTypes, true, 0, Beta, Threshold());
            }
        }
    }

    // Later clock, shorter lag.
    private ClockParameters Traded(in ClockParameters clock)
    {
        double lag = clock.LagMedian * Math.Exp(0.5 * _random.Normal());
        return clock with { LagMedian = lag, Offset = clock.Offset + clock.LagMedian - lag };
    }

    private double[] Perturb(double[] shares)
    {
        double[] next = [.. shares];
        next[_random.Next(next.Length)] *= Math.Exp(0.6 * _random.Normal());
        double sum = next.Sum();
        for (int i = 0; i < next.Length; i++)
        {
            next[i] /= sum;
        }

        return next;
    }

    private double Threshold() => Math.Log(1 - _random.NextDouble());
}
