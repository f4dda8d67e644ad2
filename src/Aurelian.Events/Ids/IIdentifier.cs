namespace Aurelian.Events;

/// <summary>A name that must not be confused with another kind of name.</summary>
public interface IIdentifier<TSelf> where TSelf : struct, IIdentifier<TSelf>
{
    string Value { get; }

    static abstract TSelf From(string value);
}
