using Aurelian.Simulation;

namespace Aurelian.UnitTests.Simulation.Git;

public sealed class GitObjectTests
{
    // From `printf 'hello\n' | git hash-object --stdin` and `git hash-object -t tree /dev/null`.
    [Theory]
    [InlineData("blob", "hello\n", "ce013625030ba8dba906f756967f9e9ca394464a")]
    [InlineData("tree", "", "4b825dc642cb6eb9a060e54bf8d69288fbee4904")]
    public void An_object_has_the_name_that_git_gives_it(string type, string content, string name)
    {
        GitObject item = GitObject.Create(type, System.Text.Encoding.ASCII.GetBytes(content));

        Assert.Equal(name, item.Name);
        Assert.Equal($"objects/{name[..2]}/{name[2..]}", item.Path);
    }

    [Fact]
    public void The_repositorys_branch_leads_to_an_object_that_is_served()
    {
        HttpSite site = GitHost.Site();
        string refs = System.Text.Encoding.ASCII.GetString(site.Find($"{GitHost.RepositoryPath}/info/refs")!.Body.Span);

        Assert.NotNull(site.Find($"{GitHost.RepositoryPath}/objects/{refs[..2]}/{refs[2..40]}"));
    }
}
