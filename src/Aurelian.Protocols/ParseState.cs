namespace Aurelian.Protocols;

/// <summary>What a parser of first bytes says.</summary>
public enum ParseState
{
    /// <summary>So far it could be; more bytes decide.</summary>
    NeedMore,
    Found,
    /// <summary>It is something else, or broken.</summary>
    NotThis,
}
