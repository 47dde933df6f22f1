using System.Text.Json;

namespace PoA.Nostr;

/// <summary>
/// The registers with which relays count different authors (NIP-45): merged over relays, nobody counts twice. 256
/// bytes, hex on the wire.
/// </summary>
public sealed class HyperLogLog
{
    const int Size = 256;
    readonly byte[] _registers;

    HyperLogLog(byte[] registers) => _registers = registers;

    /// <summary>Null for anything but 512 hex digits.</summary>
    public static HyperLogLog? TryRead(string? hex) =>
        hex is { Length: Size * 2 } && Hex.Decode(hex.ToLowerInvariant()) is { } registers ? new(registers) : null;

    /// <summary>What two relays know together: the higher of each register.</summary>
    public HyperLogLog Merge(HyperLogLog other) =>
        new([.. _registers.Zip(other._registers, (one, two) => Math.Max(one, two))]);

    /// <summary>About how many, give or take 6.5 % (Flajolet et al. 2007, figure 3); few linearly.</summary>
    public long Estimate()
    {
        const double alpha = 0.7213 / (1 + (1.079 / Size));
        var raw = alpha * Size * Size / _registers.Sum(register => Math.ScaleB(1, -register));
        var empty = _registers.Count(register => register == 0);
        return (long)Math.Round(raw <= 2.5 * Size && empty > 0 ? Size * Math.Log((double)Size / empty) : raw);
    }

    public override string ToString() => Convert.ToHexStringLower(_registers);
}

/// <summary>How a relay answers COUNT (NIP-45): a number, whether it is a guess, and perhaps registers.</summary>
static class Nip45Words
{
    /// <param name="reader">Stands on the word COUNT.</param>
    public static RelayMessage Read(ref Utf8JsonReader reader)
    {
        if (RelayMessages.Text(ref reader) is not { } subscription
            || !reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return RelayMessages.Unreadable("a COUNT is a subscription and an object");
        }

        long? count = null;
        var approximate = false;
        HyperLogLog? registers = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isCount, isGuess) = (reader.ValueTextEquals("count"u8), reader.ValueTextEquals("approximate"u8));
            var isRegisters = reader.ValueTextEquals("hll"u8);
            reader.Read();
            if (isCount && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var value)) count = value;
            else if (isGuess) approximate = reader.TokenType == JsonTokenType.True;
            else if (isRegisters && reader.TokenType == JsonTokenType.String)
            {
                registers = HyperLogLog.TryRead(reader.GetString());
            }

            reader.Skip();
        }

        return count is >= 0
            ? new RelayMessage.Count(subscription, count.Value, approximate, registers)
            : RelayMessages.Unreadable("a count is a number");
    }

    public static byte[] Write(RelayMessage.Count count) =>
        JsonText.Write(
            1_024 + JsonText.SizeMax(count.Subscription), count,
            static (Span<byte> to, ref int at, RelayMessage.Count count) =>
            {
                JsonText.Open(to, ref at, "COUNT");
                JsonText.Quoted(to, ref at, count.Subscription);
                JsonText.Raw(to, ref at, ",{\"count\":"u8);
                JsonText.Number(to, ref at, count.Value);
                if (count.Approximate) JsonText.Raw(to, ref at, ",\"approximate\":true"u8);
                if (count.Registers is { } registers)
                {
                    JsonText.Raw(to, ref at, ",\"hll\":"u8);
                    JsonText.Quoted(to, ref at, registers.ToString());
                }

                JsonText.Raw(to, ref at, "}]"u8);
            });
}
