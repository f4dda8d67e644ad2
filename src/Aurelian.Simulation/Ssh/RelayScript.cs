namespace Aurelian.Simulation;

/// <summary>What the relay's first process (pid 1 of its own process namespace) does.</summary>
internal static class RelayScript
{
    /// <summary>What dropbear writes once it listens.</summary>
    public const string Listening = "Not backgrounding";

    public const string Ended = "the SSH server ended";

    /// <remarks>
    /// Its own /tmp, passwd, group and shells exist only in its mount namespace: the login <c>ops</c> has no password,
    /// a uid that no host user has, and <c>/bin/false</c> for a shell, which is also the one forced command.
    /// dropbear: -B blank password, -j no local forwarding (it would reach the host's unix sockets).
    /// The last line is the lifeline: it waits for the end of our pipe, and with pid 1 everything in the namespace
    /// dies.
    /// </remarks>
    public const string Text = """
        set -eu
        mount --make-rprivate /
        mount -t tmpfs -o size=1m,mode=755 aurelian-relay /tmp
        cd /tmp
        id=1907000022
        mkdir -m 700 home
        echo "ops::$id:$id:ops:/tmp/home:/bin/false" > passwd
        echo "ops:x:$id:" > group
        echo /bin/false > shells
        dropbearkey -t ed25519 -f hostkey > /dev/null 2>&1
        chown "$id:$id" home hostkey
        for file in passwd group shells; do
            [ -e "/etc/$file" ] || continue
            mount --bind "$file" "/etc/$file"
        done
        {
            prlimit --nproc=256:256 --core=0:0 \
            setpriv --reuid="$id" --regid="$id" --clear-groups --no-new-privs \
                --inh-caps=-all,+net_bind_service --ambient-caps=+net_bind_service \
                --bounding-set=-all,+net_bind_service \
            dropbear -F -E -B -j -m -c /bin/false -I 1800 -r /tmp/hostkey -P "" "$@"
            echo "the SSH server ended" >&2
        } < /dev/null > /dev/null &
        read -r _ || true
        """;
}
