using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using Aurelian.Detection;

namespace Aurelian.UnitTests.Detection.Floods;

/// <summary>The collections that a detector holds, found by reflection, named by the type and field.</summary>
internal static class Tables
{
    private const BindingFlags Own =
        BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>The entries of a larger table are alike, and not looked into.</summary>
    private const int LookedInto = 64;

    /// <summary>What a detector is given, and does not write.</summary>
    private static readonly Type[] Given =
        [typeof(PoolList), typeof(SigmaRules), typeof(SigmaProgram), typeof(ResolvedCorrelation)];

    /// <summary>Every bounded table that the detectors' assembly declares.</summary>
    internal static IEnumerable<string> Declared() =>
        from type in typeof(DetectorSet).Assembly.GetTypes()
        from field in type.GetFields(Own)
        where IsBounded(field.FieldType)
        select NameOf(field);

    /// <summary>The largest of each name, and its bound where it has one.</summary>
    internal static Dictionary<string, (int Count, int? Max)> Of(object detector)
    {
        Dictionary<string, (int Count, int? Max)> found = [];
        HashSet<object> seen = new(ReferenceEqualityComparer.Instance);
        Stack<object> left = new([detector]);
        while (left.TryPop(out object? at))
        {
            if (at.GetType().IsValueType || seen.Add(at))
            {
                Look(at, found, left);
            }
        }

        return found;
    }

    private static void Look(object at, Dictionary<string, (int Count, int? Max)> found, Stack<object> left)
    {
        for (Type? type = at.GetType(); type is not null && type.Assembly == typeof(DetectorSet).Assembly;
            type = type.BaseType)
        {
            foreach (FieldInfo field in type.GetFields(Own))
            {
                if (field.GetValue(at) is not { } value || Given.Contains(value.GetType()))
                {
                    continue;
                }

                if (CountOf(value) is not { } count)
                {
                    left.Push(value);
                    continue;
                }

                string name = NameOf(field);
                if (!found.TryGetValue(name, out (int Count, int? Max) known) || count >= known.Count)
                {
                    found[name] = (count, MaxOf(value));
                }

                if (count <= LookedInto)
                {
                    Push(value, left);
                }
            }
        }
    }

    /// <summary>What of ours lies within a collection, a pair or a tuple; of a pair, the value: keys hold no table.
    /// </summary>
    private static void Push(object? value, Stack<object> left)
    {
        if (value is ITuple tuple)
        {
            for (int item = 0; item < tuple.Length; item++)
            {
                Push(tuple[item], left);
            }
        }
        else if (value is not null && CountOf(value) is not null)
        {
            foreach (object? entry in EntriesOf(value))
            {
                Push(entry?.GetType().GetProperty("Value")?.GetValue(entry) ?? entry, left);
            }
        }
        else if (value?.GetType().Assembly == typeof(DetectorSet).Assembly)
        {
            left.Push(value);
        }
    }

    private static bool IsBounded(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(BoundedMap<,>);

    private static int? CountOf(object value) =>
        IsBounded(value.GetType()) || value.GetType().Namespace == "System.Collections.Generic"
            ? (int?)value.GetType().GetProperty("Count", Own | BindingFlags.FlattenHierarchy)?.GetValue(value) : null;

    private static int? MaxOf(object value) => IsBounded(value.GetType())
        ? (int)value.GetType().GetFields(Own).Single(each => each.Name.Contains("entriesMax")).GetValue(value)! : null;

    private static IEnumerable EntriesOf(object value) => IsBounded(value.GetType())
        ? (IEnumerable)value.GetType().GetProperty("Entries", Own)!.GetValue(value)! : (IEnumerable)value;

    private static string NameOf(FieldInfo field)
    {
        Type type = field.DeclaringType!;
        string name = field.Name.StartsWith('<') ? field.Name[1..field.Name.IndexOf('>')] : field.Name;
        return $"{(type.DeclaringType is { } outer ? $"{outer.Name}." : "")}{type.Name}.{name}";
    }
}
