using System.Text;
using Aurelian.Events;

namespace Aurelian.Sensors;

/// <summary>What /proc says of a process that has just begun a program, as the kernel sensor would tell it.</summary>
internal static class ProcessPicture
{
    private const int ArgumentsBytesMax = 3072;
    private const string DeletedMark = " (deleted)";

    internal static Fact.ProcessExecuted Take(int pid)
    {
        string executable = Native.LinkTarget($"/proc/{pid}/exe") ?? "";
        bool deleted = executable.EndsWith(DeletedMark, StringComparison.Ordinal);
        executable = deleted ? executable[..^DeletedMark.Length] : executable;
        byte[] bytes = new byte[ArgumentsBytesMax + 1];
        int length = 0, parent = 0;
        string? user = null;
        try
        {
            using (FileStream file = File.OpenRead($"/proc/{pid}/cmdline"))
            {
                length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            }

            foreach (string line in File.ReadLines($"/proc/{pid}/status"))
            {
                if (line.StartsWith("PPid:", StringComparison.Ordinal))
                {
                    _ = int.TryParse(line.AsSpan(5).Trim(), out parent);
                }
                else if (line.StartsWith("Uid:", StringComparison.Ordinal))
                {
                    // Real, effective, saved and of the file system, with tabs between.
                    string real = line[4..].TrimStart().Split('\t')[0];
                    user = uint.TryParse(real, out uint number) ? UserText.Of(number) : null;
                    break;
                }
            }
        }
        catch (IOException)
        {
            // Gone already: that it began something is told all the same.
        }

        string text = Encoding.UTF8.GetString(bytes, 0, Math.Min(length, ArgumentsBytesMax)).TrimEnd('\0');
        return new Fact.ProcessExecuted(
            parent, executable, text.Length == 0 ? [] : [.. text.Split('\0')], length > ArgumentsBytesMax, deleted,
            Native.LinkTarget($"/proc/{pid}/cwd"), user);
    }
}
