using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace PoA.Nostr.Payments.Lnurl;

/// <summary>How agents are paid by Lightning address.</summary>
public sealed class LnurlOptions
{
    public const string Section = "Lnurl";

    /// <summary>Where wallets reach us, without a slash at the end. With https agents have addresses there.</summary>
    [Required]
    public string PublicUrl { get; set; } = "http://127.0.0.1:7778";

    /// <summary>Least that can be sent at once.</summary>
    [Range(1, 1_000_000)]
    public int SatMin { get; set; } = 1;

    /// <summary>Most that can be sent at once.</summary>
    [Range(1, 100_000_000)]
    public int SatMax { get; set; } = 1_000_000;

    /// <summary>A comment is an input of a job (LUD-12).</summary>
    [Range(0, 1_500)]
    public int CommentCharsMax { get; set; } = 1_000;

    /// <summary>How long an invoice can be paid.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan PayWithin { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Open invoices of one payee.</summary>
    [Range(1, 100_000)]
    public int OpenMax { get; set; } = 1_000;
}

[OptionsValidator]
sealed partial class LnurlOptionsValidator : IValidateOptions<LnurlOptions>;
