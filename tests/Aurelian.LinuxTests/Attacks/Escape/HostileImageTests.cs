using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;
using Aurelian.Sandbox;

namespace Aurelian.LinuxTests.Attacks.Escape;

/// <summary>Images whose author wants something of the host that unpacks them.</summary>
public sealed class HostileImageTests : IDisposable
{
    private const UnixFileMode Everybody = (UnixFileMode)0x1FF; // 0777

    private readonly string _scratch = Directory.CreateTempSubdirectory("aurelian-image-").FullName;
    private readonly string _precious;
    private readonly string _layout;

    public HostileImageTests()
    {
        _precious = Directory.CreateDirectory(Path.Combine(_scratch, "precious")).FullName;
        _layout = Directory.CreateDirectory(Path.Combine(_scratch, "image")).FullName;
        File.WriteAllText(Secret, "secret of the host");
        File.SetUnixFileMode(_precious, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Directory.CreateDirectory(Path.Combine(_layout, "blobs", "sha256"));
        File.WriteAllText(Path.Combine(_layout, "oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
    }

    public static TheoryData<string, string> Leading => new()
    {
        { "../escaped", "a parent" }, { "a/../../escaped", "a parent in the middle" }, { "link/escaped", "a link" },
        { "..", "the parent itself" },
    };

    private string Secret => Path.Combine(_precious, "secret");

    public void Dispose() => FolderRemoval.Remove(_scratch);

    [Theory]
    [MemberData(nameof(Leading))]
    public void A_name_that_leads_out_ends_the_unpacking(string name, string how)
    {
        Write(Manifest(Layer(Link("link", _precious), Plain(name, "evil"))));

        SandboxException refused = Assert.Throws<SandboxException>(() => Unpack());

        Assert.True(refused.Reason == SandboxFailure.BadSetting, how);
        Untouched();
    }

    [Fact]
    public void A_folder_where_a_link_stands_is_a_folder_and_the_link_s_target_is_left_alone()
    {
        Write(Manifest(Layer(
            Link("d", _precious),
            new PaxTarEntry(TarEntryType.Directory, "d") { Mode = Everybody, Uid = 4242, Gid = 4242 },
            Plain("d/planted", "evil"))));

        string layer = Assert.Single(Unpack().Layers);

        Assert.Null(new FileInfo(Path.Combine(layer, "d")).LinkTarget);
        Assert.Equal("evil", File.ReadAllText(Path.Combine(layer, "d", "planted")));
        Untouched();
    }

    [Fact]
    public void A_second_name_of_a_link_brings_nothing_of_the_host()
    {
        Write(Manifest(Layer(
            Link("s", Secret),
            new PaxTarEntry(TarEntryType.HardLink, "h") { LinkName = "s", Mode = Everybody, Uid = 4242 })));

        string layer = Assert.Single(Unpack().Layers);

        Assert.Equal(Secret, new FileInfo(Path.Combine(layer, "h")).LinkTarget);
        Untouched();
    }

    [Fact]
    public void A_file_where_a_link_stands_is_written_beside_the_link_s_target()
    {
        Write(Manifest(Layer(Link("f", Secret), Plain("f", "evil"))));

        Assert.Equal("evil", File.ReadAllText(Path.Combine(Assert.Single(Unpack().Layers), "f")));
        Untouched();
    }

    [Fact]
    public void Devices_are_left_out_and_set_id_bits_are_taken_off()
    {
        PaxTarEntry program = Plain("su", "x");
        program.Mode = Everybody | UnixFileMode.SetUser | UnixFileMode.SetGroup;
        Write(Manifest(Layer(
            new PaxTarEntry(TarEntryType.BlockDevice, "disk") { DeviceMajor = 8 },
            new PaxTarEntry(TarEntryType.CharacterDevice, "mem") { DeviceMajor = 1, DeviceMinor = 1 },
            new PaxTarEntry(TarEntryType.Fifo, "pipe"), program)));

        string layer = Assert.Single(Unpack().Layers);

        Assert.Equal(["su"], Directory.GetFileSystemEntries(layer).Select(Path.GetFileName));
        Assert.Equal(Everybody, File.GetUnixFileMode(Path.Combine(layer, "su")));
    }

    [Theory]
    [InlineData("/root")]
    [InlineData("/home")]
    [InlineData("../../../../../root")]
    [InlineData("sha256:../../../../../../root")]
    public void A_layer_is_named_by_a_digest_and_not_by_a_folder_of_the_host(string digest)
    {
        Write($"{{\"schemaVersion\":2,\"layers\":[{Described(digest)}]}}");

        Assert.Equal(SandboxFailure.BadSetting, Assert.Throws<SandboxException>(() => Unpack()).Reason);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"layers\":7}")]
    [InlineData("{\"layers\":[{}]}")]
    [InlineData("not json")]
    [InlineData("{\"layers\":[{\"digest\":\"sha256:0000000000000000000000000000000000000000000000000000000000000000\","
        + "\"mediaType\":\"tar\"}]}")]
    public void A_manifest_of_nonsense_is_the_operator_s_mistake_and_not_a_crash(string manifest)
    {
        Write(manifest);

        Assert.Equal(SandboxFailure.BadSetting, Assert.Throws<SandboxException>(() => Unpack()).Reason);
    }

    [Fact]
    public void A_link_to_the_host_s_root_is_no_root_either()
    {
        string link = Path.Combine(_scratch, "root");
        File.CreateSymbolicLink(link, "/");

        SandboxException refused = Assert.Throws<SandboxException>(() => RootFilesystem.Prepare(
            new RootFilesystemConfig { Path = link }, Path.Combine(_scratch, "lower")));

        Assert.Equal(SandboxFailure.BadSetting, refused.Reason);
    }

    [Fact]
    public void A_read_only_folder_is_judged_by_where_it_leads()
    {
        string link = Path.Combine("/opt", Path.GetFileName(_scratch));
        File.CreateSymbolicLink(link, "/home");
        try
        {
            Assert.Contains("/home", ReadOnlyPaths.Refuse(link), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(link);
        }

        Assert.NotNull(ReadOnlyPaths.Refuse(ReadOnlyPaths.OwnFolder!));
        Assert.NotNull(ReadOnlyPaths.Refuse(Path.GetDirectoryName(ReadOnlyPaths.OwnFolder!)!));
        Assert.NotNull(ReadOnlyPaths.Refuse(Path.Combine(ReadOnlyPaths.OwnFolder!, "tasks")));
    }

    private (IReadOnlyList<string> Layers, string Digest) Unpack() =>
        OciImage.Unpack(_layout, Path.Combine(_scratch, "cache"));

    private void Untouched()
    {
        Assert.Equal("secret of the host", File.ReadAllText(Secret));
        Assert.Equal([Secret], Directory.GetFileSystemEntries(_precious));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserExecute, File.GetUnixFileMode(_precious));
        Assert.Empty(Directory.GetFileSystemEntries(_scratch, "escaped", SearchOption.AllDirectories));
        using System.Diagnostics.Process owner = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("stat", ["-c", "%u", _precious])
            {
                RedirectStandardOutput = true,
            })!;
        Assert.Equal("0", owner.StandardOutput.ReadToEnd().Trim());
    }

    private void Write(string manifest) => File.WriteAllText(
        Path.Combine(_layout, "index.json"),
        $"{{\"manifests\":[{{\"mediaType\":\"m\",\"digest\":\"{Blob(Encoding.UTF8.GetBytes(manifest))}\"}}]}}");

    private string Manifest(byte[] layer) => $"{{\"schemaVersion\":2,\"layers\":[{Described(Blob(layer))}]}}";

    private static string Described(string digest) =>
        $"{{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar\",\"digest\":\"{digest}\",\"size\":1}}";

    private string Blob(byte[] bytes)
    {
        string hex = Convert.ToHexStringLower(SHA256.HashData(bytes));
        File.WriteAllBytes(Path.Combine(_layout, "blobs", "sha256", hex), bytes);
        return $"sha256:{hex}";
    }

    private static PaxTarEntry Link(string name, string target) =>
        new(TarEntryType.SymbolicLink, name) { LinkName = target };

    private static PaxTarEntry Plain(string name, string content) => new(TarEntryType.RegularFile, name)
    {
        DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)), Mode = (UnixFileMode)0x1A4,
    };

    private static byte[] Layer(params TarEntry[] entries)
    {
        using MemoryStream stream = new();
        using (TarWriter tar = new(stream, leaveOpen: true))
        {
            foreach (TarEntry entry in entries)
            {
                tar.WriteEntry(entry);
            }
        }

        return stream.ToArray();
    }
}
