namespace Aurelian.LinuxTests;

public sealed class RootTests
{
    [Fact]
    public void Linux_tests_run_as_root() =>
        Assert.True(Environment.IsPrivilegedProcess, "Run ./test as root, or ./test --unit without.");
}
