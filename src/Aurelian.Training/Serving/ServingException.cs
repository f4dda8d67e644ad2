namespace Aurelian.Training.Serving;

/// <summary>A request that the server does not take, with the HTTP status that says why.</summary>
internal sealed class ServingException(int status, string message) : Exception(message)
{
    internal const int BadRequest = 400, Unknown = 404, Conflict = 409, Gone = 410, TooMany = 429;

    internal int Status => status;
}
