using System.Text;

namespace Aurelian.Simulation;

/// <summary>A git host's pages: one repository of one commit, served as plain files (git's "dumb" HTTP).</summary>
internal static class GitHost
{
    public const string RepositoryPath = "/acme/greetings.git";

    private const string Author = "A. Author <author@git.forge.example> 1577836800 +0000";

    public static HttpSite Site()
    {
        GitObject readme = Blob("# greetings\nSays hello. Part of Aurelian's simulated internet.\n");
        GitObject script = Blob("def greet(name):\n    return f\"Hello, {name}!\"\n");
        byte[] entries = [.. Entry("README.md", readme), .. Entry("greetings.py", script)];
        GitObject tree = GitObject.Create("tree", entries);
        GitObject commit = GitObject.Create("commit", Encoding.UTF8.GetBytes(
            $"tree {tree.Name}\nauthor {Author}\ncommitter {Author}\n\nSay hello\n"));

        Dictionary<string, HttpPage> pages = new()
        {
            ["/"] = HttpPage.Text($"A git host of Aurelian's simulated internet: {RepositoryPath}\n"),
            [$"{RepositoryPath}/HEAD"] = HttpPage.Text("ref: refs/heads/main\n"),
            [$"{RepositoryPath}/info/refs"] = HttpPage.Text($"{commit.Name}\trefs/heads/main\n"),
            [$"{RepositoryPath}/objects/info/packs"] = HttpPage.Text("\n"),
        };
        foreach (GitObject item in (GitObject[])[readme, script, tree, commit])
        {
            pages[$"{RepositoryPath}/{item.Path}"] = HttpPage.Binary(item.Deflated);
        }

        return HttpSite.Of(pages);
    }

    private static GitObject Blob(string text) => GitObject.Create("blob", Encoding.UTF8.GetBytes(text));

    private static byte[] Entry(string name, GitObject blob) =>
        [.. Encoding.ASCII.GetBytes($"100644 {name}\0"), .. Convert.FromHexString(blob.Name)];
}
