using System.Collections.Immutable;
using Aurelian.Events;
using Aurelian.Response;

namespace Aurelian.UnitTests.Response.Attribution;

public sealed class ProcessTableTests
{
    private readonly ProcessTable _table = new();
    private long _seq;

    [Fact]
    public void An_exec_that_is_told_after_the_act_names_the_actor_all_the_same()
    {
        Tell(1, 100, Executed("/usr/bin/bash"));
        Tell(2, 200, new Fact.ProcessForked(1));
        Assert.Equal("/usr/bin/bash", _table.Find(2, 400)?.Exe);

        Tell(2, 300, Executed("/usr/bin/ssh"));

        Assert.Equal("/usr/bin/ssh", _table.Find(2, 400)?.Exe);
    }

    [Fact]
    public void What_a_process_became_after_its_act_does_not_rename_it()
    {
        Tell(2, 300, Executed("/tmp/miner"));
        Tell(2, 500, Executed("/usr/bin/sleep"));

        Assert.Equal("/tmp/miner", _table.Find(2, 400)?.Exe);
        Assert.Equal("/usr/bin/sleep", _table.Find(2, 600)?.Exe);
    }

    [Fact]
    public void A_pid_that_is_used_again_is_another_process()
    {
        Tell(1, 100, Executed("/usr/bin/bash"));
        Tell(2, 200, Executed("/tmp/miner"));
        Tell(2, 900, new Fact.ProcessForked(1));

        Assert.Equal("/tmp/miner", _table.Find(2, 250)?.Exe);
        Assert.Equal("/usr/bin/bash", _table.Find(2, 950)?.Exe);
    }

    [Fact]
    public void A_process_that_executes_without_end_keeps_its_last_programs()
    {
        foreach (int number in Enumerable.Range(1, 1000))
        {
            Tell(2, number, Executed($"/bin/{number}"));
        }

        Assert.Equal("/bin/1000", _table.Find(2, 5000)?.Exe);
        Assert.Equal("/bin/998", _table.Find(2, 998)?.Exe);
    }

    private static Fact.ProcessExecuted Executed(string path) =>
        new(0, path, ImmutableArray.Create(path), ArgumentsCut: false, Deleted: false);

    private void Tell(int pid, long ns, Fact fact) =>
        _table.Observe(new Event(++_seq, DateTimeOffset.UnixEpoch, ns, new Subject(Pid: pid), fact));
}
