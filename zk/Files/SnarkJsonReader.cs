using System.Text.Json;
using PoA.Nostr.Zk.Fields;

namespace PoA.Nostr.Zk.Files;

/// <summary>Reads one JSON file of snarkjs; each question is answered or the file is refused.</summary>
sealed class SnarkJsonReader
{
    /// <summary>A key of a hundred signals has 30 KB.</summary>
    const int SizeMax = 1 << 20;

    static readonly JsonDocumentOptions Strict = new() { MaxDepth = 6, AllowDuplicateProperties = false };

    readonly JsonElement _root;
    readonly string _kind;

    public SnarkJsonReader(ReadOnlyMemory<byte> json, string kind)
    {
        _kind = kind;
        Require(json.Length <= SizeMax, "it is too long");
        Require(PlainJson.Is(json.Span), "it has bytes that are no text, or a character that is escaped");
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            _root = document.RootElement.Clone();
        }
        catch (JsonException)
        {
            Require(false, "it is no JSON, too deep, or names a member twice");
        }
    }

    /// <exception cref="ZkFileException">The condition does not hold.</exception>
    public void Require(bool condition, string otherwise)
    {
        if (!condition) throw new ZkFileException($"This is no {_kind}: {otherwise}.");
    }

    public void RequireOnly(params ReadOnlySpan<string> known)
    {
        Require(_root.ValueKind == JsonValueKind.Object, "it is no object");
        foreach (var member in _root.EnumerateObject())
        {
            Require(known.Contains(member.Name), $"it has an unknown member “{Shown(member.Name)}”");
        }
    }

    public bool Has(string name) => _root.TryGetProperty(name, out _);

    public JsonElement Member(string name)
    {
        Require(_root.TryGetProperty(name, out var value), $"{name} is missing");
        return value;
    }

    public void RequireLabel(string name, string expected, bool required)
    {
        if (!required && !Has(name)) return;

        var value = Member(name);
        var matches = value.ValueKind == JsonValueKind.String && value.GetString() == expected;
        Require(matches, $"{name} is not “{expected}”");
    }

    public int Count(string name)
    {
        var value = Member(name);
        var count = 0;
        Require(value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out count), $"{name} is no number");
        return count;
    }

    public G1Affine G1(string name) => Point(Member(name), name);

    public G2Affine G2(string name)
    {
        var point = Items(Member(name), name, 3);
        Require(Pair(point[2], name) == Fq2.One, $"{name} is not affine");
        return new(Pair(point[0], name), Pair(point[1], name));
    }

    public List<G1Affine> ListOfG1(string name)
    {
        var list = Member(name);
        Require(list.ValueKind == JsonValueKind.Array, $"{name} is no array");
        return [.. list.EnumerateArray().Select(point => Point(point, name))];
    }

    public Fr[] Scalars()
    {
        Require(_root.ValueKind == JsonValueKind.Array, "it is no array");
        return [.. _root.EnumerateArray().Select(text => Number<ScalarModulus>(text, "a signal"))];
    }

    G1Affine Point(JsonElement value, string name)
    {
        var point = Items(value, name, 3);
        Require(Number<BaseModulus>(point[2], name) == Fq.One, $"{name} is not affine");
        return new(Number<BaseModulus>(point[0], name), Number<BaseModulus>(point[1], name));
    }

    Fq2 Pair(JsonElement value, string name)
    {
        var pair = Items(value, name, 2);
        return new(Number<BaseModulus>(pair[0], name), Number<BaseModulus>(pair[1], name));
    }

    List<JsonElement> Items(JsonElement value, string name, int count)
    {
        Require(
            value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == count, $"{name} has not {count} parts");
        return [.. value.EnumerateArray()];
    }

    Fe<TModulus> Number<TModulus>(JsonElement text, string name)
        where TModulus : struct, IModulus
    {
        Fe<TModulus> value = default;
        Require(
            text.ValueKind == JsonValueKind.String && Fe<TModulus>.TryParse(text.GetString(), out value),
            $"{name} has a number that is no canonical decimal string below the prime");
        return value;
    }

    static string Shown(string name) => name.Length <= 30 ? name : name[..30] + "…";
}
