namespace Aurelian.Detection;

/// <summary>A test of one event: the delegate that a part of a rule is compiled to.</summary>
internal delegate bool EventTest(EventView view);

/// <param name="Key">Tests with the same key are one test, whatever rule they come from.</param>
/// <param name="Holds">The compiled test.</param>
/// <param name="Needs">One of these must hold for it; null where the index has nothing to look up.</param>
internal sealed record FieldTest(string Key, EventTest Holds, IReadOnlyList<IndexKey>? Needs)
{
    /// <summary>For people: a field and what is asked of it.</summary>
    public override string ToString() => Key;
}
