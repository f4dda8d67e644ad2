using Aurelian.Readers;
using CsCheck;

namespace Aurelian.UnitTests.Readers;

/// <summary>As <see cref="HostileInputTests"/>, of what an investigation asks of files: alerts, calls, loads.</summary>
public sealed class HostileCaseTests
{
    [Fact]
    public void Damaged_files_are_alerts_calls_and_samples_without_an_exception() =>
        HostileInputTests.Damaged.Sample(Check, iter: 250, threads: 1);

    [Fact]
    public void Any_bytes_are_alerts_calls_and_samples_without_an_exception() =>
        Gen.Byte.Array[0, 4096].Sample(Check, iter: 150, threads: 1);

    /// <summary>For as long as <c>eng/fuzz</c> says; 60 s without it.</summary>
    [Fact(Explicit = true)]
    public void Damaged_files_for_long()
    {
        string? budget = Environment.GetEnvironmentVariable("AURELIAN_FUZZ_SECONDS");
        HostileInputTests.Damaged.Sample(Check, time: int.TryParse(budget, out int said) ? said : 60, threads: 1);
    }

    private static void Check(byte[] bytes)
    {
        using TemporaryFile file = new(bytes);
        using (SourceFile alerts = AlertLog.Open(file.Path, 1, TimeSpan.Zero, ColumnMap.Usual))
        {
            Assert.All(AlertLog.Read(alerts, CancellationToken.None), record => Assert.True(record.Ns >= 0));
            Assert.True(alerts.Report.Skipped.Count <= 1000);
        }

        using (SourceFile calls = CallLog.Open(file.Path, 1, TimeSpan.Zero, ColumnMap.Usual))
        {
            CallList list = CallLog.Read(calls, CancellationToken.None);
            Assert.All(list.Calls, call => Assert.True(call.EndNs >= call.StartNs, $"{call.StartNs} {call.EndNs}"));
            Assert.Equal(list.Calls.Count, list.Calls.Select(call => call.Id).Distinct().Count());
        }

        using SourceFile host = HostLog.Open(file.Path, 1, TimeSpan.Zero);
        _ = host.Read(CancellationToken.None).Count();
        _ = LoadSamples.TryRead(file.Path, new ReadReport())?.Count();
    }
}
