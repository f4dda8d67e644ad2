using System.Text;

namespace Aurelian.Simulation;

/// <summary>A package mirror's pages: a simple index (PEP 503) over two small packages of our own.</summary>
internal static class PackageMirror
{
    public static IReadOnlyList<Wheel> Wheels { get; } =
    [
        Wheel.Build("slugline", "1.2.0", "Turns titles into slugs.",
            """
            # A tiny package of Aurelian's simulated mirror.
            import re

            def slug(title):
                "Lower case, words joined by single dashes."
                return "-".join(re.findall(r"[a-z0-9]+", title.lower()))

            """),
        Wheel.Build("roman_numerals_tiny", "0.3.1", "Writes Roman numerals.",
            """
            # A tiny package of Aurelian's simulated mirror.
            STEPS = [(1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
                     (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")]

            def to_roman(number):
                "1 to 3999."
                if not 0 < number < 4000:
                    raise ValueError("out of range")
                text = ""
                for value, letters in STEPS:
                    while number >= value:
                        text, number = text + letters, number - value
                return text

            """),
    ];

    public static HttpSite Site()
    {
        Dictionary<string, HttpPage> pages = new()
        {
            ["/"] = HttpPage.Text("A package mirror of Aurelian's simulated internet. See /simple/.\n"),
            ["/simple/"] = Index("Simple index", Wheels.Select(wheel => Link($"/simple/{Page(wheel)}/", Page(wheel)))),
        };
        foreach (Wheel wheel in Wheels)
        {
            string file = $"/packages/{wheel.FileName}";
            pages[$"/simple/{Page(wheel)}/"] = Index(
                $"Links for {Page(wheel)}", [Link($"{file}#sha256={wheel.Sha256}", wheel.FileName)]);
            pages[file] = HttpPage.Binary(wheel.Bytes);
        }

        return HttpSite.Of(pages);
    }

    /// <summary>The project's name as PEP 503 normalises it.</summary>
    private static string Page(Wheel wheel) => wheel.Name.Replace('_', '-');

    private static string Link(string target, string text) => $"<a href=\"{target}\">{text}</a><br>\n";

    private static HttpPage Index(string title, IEnumerable<string> links) => HttpPage.Html(new StringBuilder()
        .Append("<!DOCTYPE html>\n<html><head><meta name=\"pypi:repository-version\" content=\"1.0\">")
        .Append($"<title>{title}</title></head><body>\n")
        .AppendJoin("", links)
        .Append("</body></html>\n")
        .ToString());
}
