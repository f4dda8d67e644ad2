using Aurelian.Agents;

namespace Aurelian.UnitTests.Agents;

public sealed class TestConfigurationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("aurelian-handover-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("conftest.py", true)]
    [InlineData("src/deep/conftest.py", true)]
    [InlineData("pytest.ini", true)]
    [InlineData("sitecustomize.py", false)]
    [InlineData("lib/evil.pth", false)]
    [InlineData(".venv/lib/python3.11/site-packages/easy-install.pth", true)]
    [InlineData("pytest.py", false)]
    [InlineData("unittest/__init__.py", false)]
    [InlineData(".git/hooks/post-checkout", true)]
    public void A_file_that_tests_obey_is_told(string path, bool plain)
    {
        Write("work", path, "x");

        Assert.Equal([(path, plain)], Compare());
    }

    [Theory]
    [InlineData("test_shop.py")]
    [InlineData("src/pytest.py")]
    [InlineData(".git/hooks/pre-commit.sample")]
    [InlineData("pytest/readme.txt")]
    public void Ordinary_files_are_not(string path)
    {
        Write("work", path, "x");

        Assert.Empty(Compare());
    }

    [Fact]
    public void A_file_that_came_with_the_task_is_told_only_when_it_changed()
    {
        Write("task", "conftest.py", "one");
        Write("work", "conftest.py", "one");
        Assert.Empty(Compare());

        Write("work", "conftest.py", "two");
        Assert.Equal([("conftest.py", true)], Compare());
    }

    [Fact]
    public void Of_a_shared_file_only_the_tests_section_counts()
    {
        Write("task", "pyproject.toml", "[project]\nname = 'a'\n[tool.pytest.ini_options]\naddopts = '-q'\n");
        Write("work", "pyproject.toml", "[project]\nname = 'b'\n\n[tool.pytest.ini_options]\naddopts = '-q'\n[x]\ny=1");
        Assert.Empty(Compare());

        Write("work", "pyproject.toml", "[project]\nname = 'b'\n[tool.pytest.ini_options]\naddopts = '--co'\n");
        Assert.Equal([("pyproject.toml", true)], Compare());
    }

    [Theory]
    [InlineData("/logs/verifier/reward.txt", true)]
    [InlineData("../tests/test.sh", true)]
    [InlineData("../../..//tests", true)]
    [InlineData("/usr/bin/python3", false)]
    [InlineData("tests/data.txt", false)]
    [InlineData("../lib/tests", false)]
    public void A_link_into_the_grader_s_folders_is_told(string target, bool told)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "work"));
        File.CreateSymbolicLink(Path.Combine(_folder, "work", "link"), target);

        Assert.Equal(told ? [("link", false)] : [], Compare());
    }

    private List<(string, bool)> Compare() => [.. TestConfiguration.Compare(
        Path.Combine(_folder, "task"), Path.Combine(_folder, "work")).Select(change => (change.Path, change.Plain))];

    private void Write(string tree, string path, string text)
    {
        string file = Path.Combine(_folder, tree, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
