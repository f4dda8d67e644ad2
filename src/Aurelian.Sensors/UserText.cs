using System.Globalization;

namespace Aurelian.Sensors;

/// <summary>Users as facts name them: a sandbox's other names are its own, and known to nobody outside.</summary>
internal static class UserText
{
    internal static string Of(uint user) => user == 0 ? "root" : user.ToString(CultureInfo.InvariantCulture);
}
