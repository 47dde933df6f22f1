using System.ComponentModel.DataAnnotations;

namespace PoA.Nostr.Devnet.Mint;

/// <summary>What the devnet's mint is like. Its port and folder are the devnet's.</summary>
public sealed class MintOptions
{
    /// <summary>Input fee of a new keyset, in thousandths of a sat per proof (NUT-02).</summary>
    [Range(0, 100_000)]
    public int InputFeePpk { get; set; } = 100;

    /// <summary>Version byte of the first keyset's id: 0 or 1 (NUT-02).</summary>
    [Range(0, 1)]
    public int KeysetVersion { get; set; } = 1;

    public MintDialect Dialect { get; set; } = MintDialect.Specification;

    /// <summary>Most that one quote mints or melts, in sats.</summary>
    [Range(1, 1_000_000_000)]
    public int QuoteSatMax { get; set; } = 10_000_000;

    /// <summary>How long an invoice of the mint can be paid, in seconds.</summary>
    [Range(1, 86_400)]
    public int QuoteSeconds { get; set; } = 3_600;

    /// <summary>The mint's node on the Lightning network: two mints on one network have two.</summary>
    public string Node { get; set; } = "mint";

    /// <summary>Whether a BLS keyset (id version 02, not of this curve) is listed beside the others.</summary>
    public bool ListsBlsKeyset { get; set; }
}
