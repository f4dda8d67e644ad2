using System.Security.Cryptography;

namespace Aurelian.Episodes;

/// <summary>
/// Which text of a policy file was read: by its bytes, since times and lengths can stay the same over an edit.
/// </summary>
internal static class PolicyPrint
{
    /// <summary>Empty where there is no such file, or none that can be read.</summary>
    internal static string Of(string file)
    {
        try
        {
            using FileStream text = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return Convert.ToHexString(SHA256.HashData(text));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return "";
        }
    }
}
