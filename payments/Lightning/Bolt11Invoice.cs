using System.Security.Cryptography;
using System.Text;

namespace PoA.Nostr.Payments.Lightning;

/// <summary>One hop of a private route (field r).</summary>
/// <param name="Node">Compressed key, hex.</param>
/// <param name="ShortChannelId">Block, transaction and output, packed.</param>
/// <param name="FeeBaseMsat">Of each payment.</param>
/// <param name="FeePpm">Of its amount.</param>
/// <param name="CltvDelta">Blocks.</param>
public sealed record Bolt11Hop(string Node, ulong ShortChannelId, uint FeeBaseMsat, uint FeePpm, ushort CltvDelta);

/// <summary>An address on the chain instead (field f).</summary>
/// <param name="Version">Witness version, 17 for P2PKH, 18 for P2SH.</param>
/// <param name="Program">Hash or witness program.</param>
public sealed record Bolt11Fallback(int Version, byte[] Program);

/// <summary>What a Lightning invoice says (BOLT 11). One that was read has a signature that holds.</summary>
/// <param name="Network">After <c>ln</c>: <c>bc</c>, <c>tb</c>, <c>tbs</c>, <c>bcrt</c>.</param>
/// <param name="Amount">Null leaves it to the payer.</param>
/// <param name="CreatedAt">Unix time.</param>
/// <param name="PaymentHash">64 hex digits.</param>
/// <param name="PaymentSecret">64 hex digits.</param>
public sealed record Bolt11Invoice(
    string Network, Msat? Amount, long CreatedAt, string PaymentHash, string PaymentSecret)
{
    /// <summary>Seconds, where nothing is said.</summary>
    public const int UsualExpiry = 3_600;

    /// <summary>Blocks, where nothing is said.</summary>
    public const int UsualCltvDelta = 18;

    /// <summary>Exactly one of this and <see cref="DescriptionHash"/> is there.</summary>
    public string? Description { get; init; }

    /// <summary>64 hex digits.</summary>
    public string? DescriptionHash { get; init; }

    /// <summary>Compressed key of who is paid, hex: recovered from the signature, or stated and verified.</summary>
    public string Payee { get; init; } = "";

    /// <summary>Whether the payee is stated (field n), and not only recovered.</summary>
    public bool StatesPayee { get; init; }

    public long ExpirySeconds { get; init; } = UsualExpiry;

    public long FinalCltvDelta { get; init; } = UsualCltvDelta;

    /// <summary>The bits that are set (BOLT 9), ascending.</summary>
    public IReadOnlyList<int> Features { get; init; } = [];

    /// <summary>Hex, to be handed to the payee with the payment (field m).</summary>
    public string? Metadata { get; init; }

    public IReadOnlyList<IReadOnlyList<Bolt11Hop>> Routes { get; init; } = [];

    public IReadOnlyList<Bolt11Fallback> Fallbacks { get; init; } = [];

    /// <summary>From then on nobody should begin to pay.</summary>
    public DateTimeOffset ExpiresAt => DateTimeOffset.FromUnixTimeSeconds(CreatedAt + ExpirySeconds);

    /// <summary>Whether the invoice is about this text: by its hash, or word for word.</summary>
    public bool IsAbout(string description) => DescriptionHash is { } hash
        ? hash == Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(description)))
        : Description == description;
}
