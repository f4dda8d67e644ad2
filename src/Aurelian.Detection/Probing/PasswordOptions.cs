namespace Aurelian.Detection;

internal sealed record PasswordOptions
{
    /// <summary>fail2ban's <c>maxretry</c> and <c>findtime</c> of the sshd jail.</summary>
    internal int LoginsMin { get; init; } = 5;

    internal TimeSpan Window { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Bro's <c>authentication_data_size</c>: a server that sent more let somebody in.</summary>
    internal long FailedBytesMax { get; init; } = 4000;

    /// <summary>A banner and a key exchange; less never came to a password.</summary>
    internal long KeyExchangeBytesMin { get; init; } = 1000;

    /// <summary>Twice what is asked for elsewhere: no doubt is left.</summary>
    internal int ClearLoginsMin { get; init; } = 10;

    /// <summary>A key exchange and refusals. Who is let in is sent the host's keys as well, and a channel.</summary>
    internal long RefusedBytesMax { get; init; } = 2600;

    /// <summary>Refusals come late on purpose; a short command does not.</summary>
    internal TimeSpan RefusalDelay { get; init; } = TimeSpan.FromSeconds(2);
}
