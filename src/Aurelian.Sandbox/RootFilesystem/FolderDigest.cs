using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Aurelian.Sandbox;

/// <summary>
/// Tells two folders apart by every file's name, length, mode and time. Contents are not read: a root filesystem of
/// gigabytes must not delay a run by minutes, so the prefix says what kind of digest it is.
/// </summary>
internal static class FolderDigest
{
    internal static string Of(string folder)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        EnumerationOptions everything = new() { RecurseSubdirectories = true, AttributesToSkip = 0 };
        foreach (FileSystemInfo entry in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", everything)
            .OrderBy(entry => entry.FullName, StringComparer.Ordinal))
        {
            long length = entry is FileInfo { LinkTarget: null } file ? file.Length : 0;
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
                $"{entry.FullName[folder.Length..]}\0{length}\0{(int)entry.UnixFileMode}\0")
                + string.Create(CultureInfo.InvariantCulture, $"{entry.LastWriteTimeUtc.Ticks}\0")));
        }

        return $"tree-sha256:{Convert.ToHexStringLower(hash.GetHashAndReset())}";
    }
}
