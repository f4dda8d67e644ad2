using Aurelian.Events;

namespace Aurelian.Simulation;

/// <summary>
/// Who delivered how many shares: the truth about what an agent got away with. No detector reads it; experiments
/// compare detectors and trained behaviour with it.
/// </summary>
public sealed class ShareLedger
{
    /// <summary>Accounts kept; a client could otherwise make names up for ever.</summary>
    public const int AccountsMax = 4096;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Worker, Endpoint Client), ShareAccount> _accounts = [];
    private long _unaccounted;

    /// <summary>Shares whose account did not fit.</summary>
    public long Unaccounted => Interlocked.Read(ref _unaccounted);

    /// <summary>All accounts, the earliest first.</summary>
    public IReadOnlyList<ShareAccount> Read()
    {
        lock (_lock)
        {
            return [.. _accounts.Values.OrderBy(account => account.FirstAt)];
        }
    }

    /// <summary>What came over one connection until now, and forgets it: a long run's accounts stay few.</summary>
    /// <returns>Accepted shares.</returns>
    public long Settle(Endpoint client)
    {
        lock (_lock)
        {
            ShareAccount[] settled = [.. _accounts.Values.Where(account => account.Client == client)];
            foreach (ShareAccount account in settled)
            {
                _accounts.Remove((account.Worker, account.Client));
            }

            return settled.Sum(account => account.Accepted);
        }
    }

    internal void Record(string worker, Endpoint client, bool accepted, DateTimeOffset at)
    {
        lock (_lock)
        {
            if (!_accounts.TryGetValue((worker, client), out ShareAccount? account))
            {
                if (_accounts.Count >= AccountsMax)
                {
                    _unaccounted++;
                    return;
                }

                account = new ShareAccount(worker, client, 0, 0, at, at);
            }

            _accounts[(worker, client)] = account with
            {
                Accepted = account.Accepted + (accepted ? 1 : 0),
                Rejected = account.Rejected + (accepted ? 0 : 1),
                LastAt = at,
            };
        }
    }
}
