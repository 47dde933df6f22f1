using System.Formats.Cbor;

namespace PoA.Nostr.Payments.Cashu;

/// <summary>
/// The little of CBOR that Cashu uses, strictly: lengths are stated, map keys are text and unique, nothing follows the
/// value, nesting is bounded.
/// </summary>
static class Cbor
{
    const int DepthMax = 8;

    /// <summary>Unknown keys that one map may hold besides ours.</summary>
    const int KeysMax = 32;

    /// <summary>Whatever is wrong with the bytes becomes this problem.</summary>
    public static T Read<T>(byte[] bytes, Problem malformed, Func<CborReader, T> read)
    {
        try
        {
            var reader = new CborReader(bytes, CborConformanceMode.Strict);
            var value = read(reader);
            return reader.BytesRemaining == 0 ? value : throw new CborContentException("Something follows the value.");
        }
        catch (Exception e) when (e is CborContentException or InvalidOperationException or OverflowException)
        {
            throw new ProblemException(malformed);
        }
    }

    /// <summary>Reads a map; what <paramref name="take"/> does not know (false) is skipped (NUT-00).</summary>
    public static void Map(this CborReader reader, Func<string, bool> take)
    {
        if (reader.ReadStartMap() is not (>= 0 and <= KeysMax)) throw new CborContentException("A map of this length.");
        while (reader.PeekState() != CborReaderState.EndMap)
        {
            if (!take(reader.ReadTextString())) reader.Skip(0);
        }

        reader.ReadEndMap();
    }

    /// <summary>Reads an array of at most so many items.</summary>
    public static void Array(this CborReader reader, int countMax, Action item)
    {
        if (reader.ReadStartArray() is not { } count || count > countMax)
        {
            throw new CborContentException("An array of this length.");
        }

        for (var i = 0; i < count; i++) item();
        reader.ReadEndArray();
    }

    /// <summary>Whether null or undefined stood there; it is then read.</summary>
    public static bool TryReadNull(this CborReader reader)
    {
        if (reader.PeekState() == CborReaderState.Null)
        {
            reader.ReadNull();
            return true;
        }

        if (reader.PeekState() != CborReaderState.SimpleValue) return false;
        return reader.ReadSimpleValue() == CborSimpleValue.Undefined
            ? true
            : throw new CborContentException("A value of another type.");
    }

    /// <summary>Reads an array of texts or other items.</summary>
    public static List<T> List<T>(this CborReader reader, int countMax, Func<T> item)
    {
        List<T> items = [];
        reader.Array(countMax, () => items.Add(item()));
        return items;
    }

    /// <summary>Reads an array of arrays of texts.</summary>
    public static List<string[]> ReadTags(this CborReader reader) =>
        reader.List(KeysMax, () => reader.List(KeysMax, reader.ReadTextString).ToArray());

    public static void Texts(this CborWriter writer, string key, IReadOnlyList<string> values)
    {
        writer.WriteTextString(key);
        writer.WriteStartArray(values.Count);
        foreach (var value in values) writer.WriteTextString(value);
        writer.WriteEndArray();
    }

    public static void Tags(this CborWriter writer, string key, IReadOnlyList<string[]> tags)
    {
        writer.WriteTextString(key);
        writer.WriteStartArray(tags.Count);
        foreach (var tag in tags)
        {
            writer.WriteStartArray(tag.Length);
            foreach (var value in tag) writer.WriteTextString(value);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }

    public static void Text(this CborWriter writer, string key, string value)
    {
        writer.WriteTextString(key);
        writer.WriteTextString(value);
    }

    public static void Bytes(this CborWriter writer, string key, string hex)
    {
        writer.WriteTextString(key);
        writer.WriteByteString(Convert.FromHexString(hex));
    }

    static void Skip(this CborReader reader, int depth)
    {
        if (depth > DepthMax) throw new CborContentException("Nested too deep.");
        switch (reader.PeekState())
        {
            case CborReaderState.StartArray:
                reader.Array(CashuToken.BytesMax, () => reader.Skip(depth + 1));
                break;
            case CborReaderState.StartMap:
                reader.Map(_ =>
                {
                    reader.Skip(depth + 1);
                    return true;
                });
                break;
            default:
                reader.SkipValue();
                break;
        }
    }
}
