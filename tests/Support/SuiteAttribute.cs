using Xunit.v3;

namespace PoA.Nostr.Tests.Support;

/// <summary>
/// Which suite a class belongs to: slice (real PostgreSQL), whole (real processes), interop (npm peers), sim.
/// Without it a class is of the suite unit.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class SuiteAttribute(string name) : Attribute, ITraitAttribute
{
    public string Name { get; } = name;

    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new("suite", Name)];
}
