using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace PoA.Nostr.Ledger;

/// <summary>How often the books look after themselves.</summary>
public sealed class LedgerOptions
{
    /// <summary>Between two audits of everything.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan AuditInterval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Between two looks for holds that expired.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan ExpiryInterval { get; set; } = TimeSpan.FromSeconds(30);
}

[OptionsValidator]
sealed partial class LedgerOptionsValidator : IValidateOptions<LedgerOptions>;
