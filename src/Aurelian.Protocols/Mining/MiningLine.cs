namespace Aurelian.Protocols;

/// <summary>
/// One line or body of JSON-RPC as miners speak it: Stratum v1, the XMR dialect, eth_* and getwork. Scanned, not
/// parsed:
/// a line may be cut, spaced oddly, or begin in the middle.
/// </summary>
internal readonly record struct MiningLine(string? Method, bool WalletLogin, bool IsReply)
{
    private static readonly string[] Methods =
    [
        "mining.subscribe", "mining.authorize", "mining.submit", "mining.notify", "mining.set_difficulty",
        "mining.set_target", "mining.configure", "mining.extranonce.subscribe", "mining.set_extranonce", "mining.ping",
        "login", "submit", "job", "keepalived", "getjob", "eth_getWork", "eth_submitWork", "eth_submitLogin",
        "eth_submitHashrate", "getwork", "getblocktemplate", "submitblock",
    ];

    private static readonly string[] LoginKeys = ["login", "user", "wallet", "username"];

    internal static MiningLine Read(ReadOnlySpan<byte> line)
    {
        if (!TryString(line, "method"u8, out ReadOnlySpan<byte> found))
        {
            return new MiningLine(null, false, line.IndexOf("\"result\""u8) >= 0);
        }

        string? method = null;
        foreach (string each in Methods)
        {
            if (found.Length == each.Length && Text.From(found) == each)
            {
                method = each;
            }
        }

        return new MiningLine(method, method is not null && HasWallet(line), false);
    }

    private static bool HasWallet(ReadOnlySpan<byte> line)
    {
        foreach (string key in LoginKeys)
        {
            if (TryString(line, System.Text.Encoding.ASCII.GetBytes(key), out ReadOnlySpan<byte> value)
                && Wallet.Looks(value))
            {
                return true;
            }
        }

        // Stratum and eth_submitLogin: the first of the positional parameters.
        int parameters = line.IndexOf("\"params\""u8);
        if (parameters < 0)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = line[(parameters + 8)..];
        int quote = rest.IndexOf((byte)'"');
        int end = quote < 0 ? -1 : rest[(quote + 1)..].IndexOf((byte)'"');
        return end > 0 && Wallet.Looks(rest.Slice(quote + 1, end));
    }

    /// <summary>The text of the first <c>"key" : "text"</c>, whatever the spacing.</summary>
    private static bool TryString(ReadOnlySpan<byte> line, ReadOnlySpan<byte> key, out ReadOnlySpan<byte> text)
    {
        text = default;
        while (true)
        {
            int at = line.IndexOf(key);
            if (at < 0)
            {
                return false;
            }

            ReadOnlySpan<byte> after = line[(at + key.Length)..];
            bool quoted = at > 0 && line[at - 1] == '"' && after.Length > 0 && after[0] == '"';
            line = after;
            if (!quoted)
            {
                continue;
            }

            after = after[1..].TrimStart(" \t\r\n"u8);
            if (after.IsEmpty || after[0] != ':')
            {
                continue;
            }

            after = after[1..].TrimStart(" \t\r\n"u8);
            int end = after.Length > 1 && after[0] == '"' ? after[1..].IndexOf((byte)'"') : -1;
            if (end >= 0)
            {
                text = after.Slice(1, end);
                return true;
            }
        }
    }
}
