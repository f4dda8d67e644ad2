using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;
using Aurelian.Events;
using Aurelian.Sandbox;

namespace Aurelian.LinuxTests.Sandbox;

public sealed class RootFilesystemTests
{
    [Fact]
    public async Task A_folder_becomes_the_root_and_is_never_written()
    {
        using Scratch scratch = new();
        string root = scratch.BusyRoot();

        await WithHostAsync(root, async sandbox =>
        {
            ExecResult result = await sandbox.ExecAsync(
                new ExecRequest
                {
                    Call = new ToolCallId("e1.c1"), Timeout = TimeSpan.FromSeconds(10),
                    Arguments = ["/bin/bash", "-c",
                        "read -r line </marker; echo $line; echo x >/workspace/made; "
                            + "while read -r l; do echo $l; done </etc/resolv.conf"],
                },
                TestContext.Current.CancellationToken);
            Assert.Equal("from the folder\nnameserver 100.127.255.53\noptions timeout:2 attempts:2\n", result.Text());
        });

        Assert.False(File.Exists(Path.Combine(root, "workspace", "made")));
    }

    [Fact]
    public async Task An_image_s_layers_are_laid_over_one_another_and_whiteouts_hide()
    {
        using Scratch scratch = new();
        string layout = scratch.Image(
            [("bin", null), .. Scratch.BusyFiles(), ("gone", "old"u8.ToArray()), ("marker", "lower"u8.ToArray())],
            [(".wh.gone", []), ("marker", "upper\n"u8.ToArray())]);

        await WithHostAsync(layout, async sandbox =>
        {
            ExecResult result = await sandbox.ExecAsync(
                new ExecRequest
                {
                    Call = new ToolCallId("e1.c1"), Timeout = TimeSpan.FromSeconds(10),
                    Arguments = ["/bin/bash", "-c", "read -r line </marker; echo $line; [ -e /gone ] || echo hidden"],
                },
                TestContext.Current.CancellationToken);
            Assert.Equal("upper\nhidden\n", result.Text());
        });
    }

    [Fact]
    public void A_layer_that_leads_out_is_refused()
    {
        using Scratch scratch = new();
        string layout = scratch.Image([("../../escaped", "x"u8.ToArray())]);

        SandboxException refused = Assert.Throws<SandboxException>(() => Start(layout));

        Assert.Equal(SandboxFailure.BadSetting, refused.Reason);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/no/such/folder")]
    public void The_host_s_own_root_is_no_root(string path) =>
        Assert.Equal(SandboxFailure.BadSetting, Assert.Throws<SandboxException>(() => Start(path)).Reason);

    private static SandboxHost Start(string root) => SandboxHost.Start(
        new SandboxHostConfig { NativeFolder = NativeFolder.Find(), Root = new RootFilesystemConfig { Path = root } },
        new CgroupDirectory(), new RecordingSink(), TimeProvider.System);

    private static async Task WithHostAsync(string root, Func<ISandbox, Task> act)
    {
        await using SandboxHost host = Start(root);
        await using ISandbox sandbox = await host.CreateAsync(
            new SandboxSpec { Id = new SandboxId("e1") }, default, TestContext.Current.CancellationToken);
        await act(sandbox);
    }

    /// <summary>Makes small roots out of the host's bash and the libraries that it needs.</summary>
    private sealed class Scratch : IDisposable
    {
        private static readonly string[] Files =
        [
            "/bin/bash", "/lib64/ld-linux-x86-64.so.2", "/lib/x86_64-linux-gnu/libc.so.6",
            "/lib/x86_64-linux-gnu/libtinfo.so.6",
        ];

        private readonly string _folder = Directory.CreateTempSubdirectory("aurelian-root-").FullName;

        public static IEnumerable<(string, byte[]?)> BusyFiles() =>
            Files.Where(File.Exists).Select(file => (file[1..], (byte[]?)File.ReadAllBytes(file)));

        public string BusyRoot()
        {
            string root = Path.Combine(_folder, "root");
            foreach ((string name, byte[]? content) in BusyFiles())
            {
                string file = Path.Combine(root, name);
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                File.WriteAllBytes(file, content!);
                File.SetUnixFileMode(file, (UnixFileMode)0x1ED);
            }

            File.WriteAllText(Path.Combine(root, "marker"), "from the folder\n");
            return root;
        }

        public string Image(params (string Name, byte[]? Content)[][] layers)
        {
            string layout = Path.Combine(_folder, "image");
            Directory.CreateDirectory(Path.Combine(layout, "blobs", "sha256"));
            File.WriteAllText(Path.Combine(layout, "oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
            IEnumerable<string> described = layers.Select(layer => Blob(layout, Tar(layer))).Select(digest =>
                $"{{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar\",\"digest\":\"{digest}\",\"size\":1}}");
            string manifest = Blob(layout, Encoding.UTF8.GetBytes(
                $"{{\"schemaVersion\":2,\"layers\":[{string.Join(',', described)}]}}"));
            File.WriteAllText(Path.Combine(layout, "index.json"),
                "{\"manifests\":[{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
                + $"\"digest\":\"{manifest}\"}}]}}");
            return layout;
        }

        public void Dispose() => Directory.Delete(_folder, recursive: true);

        private static byte[] Tar((string Name, byte[]? Content)[] entries)
        {
            using MemoryStream stream = new();
            using (TarWriter tar = new(stream, leaveOpen: true))
            {
                foreach ((string name, byte[]? content) in entries)
                {
                    TarEntryType kind = content is null ? TarEntryType.Directory : TarEntryType.RegularFile;
                    PaxTarEntry entry = new(kind, name) { Mode = (UnixFileMode)0x1ED };
                    if (content is not null)
                    {
                        entry.DataStream = new MemoryStream(content);
                    }

                    tar.WriteEntry(entry);
                }
            }

            return stream.ToArray();
        }

        private static string Blob(string layout, byte[] bytes)
        {
            string hex = Convert.ToHexStringLower(SHA256.HashData(bytes));
            File.WriteAllBytes(Path.Combine(layout, "blobs", "sha256", hex), bytes);
            return $"sha256:{hex}";
        }
    }
}
