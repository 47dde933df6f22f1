using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Options;
using PoA.Nostr.Fetch;
using PoA.Nostr.Payments.Lightning;

namespace PoA.Nostr.Payments.Lnurl;

/// <summary>
/// Gets an invoice from a stranger's LNURL server: for payouts and refunds to a Lightning address. Everything that the
/// server says is checked against what was asked; nothing but public https addresses is ever dialled, no redirect
/// is followed.
/// </summary>
public sealed class PayAddress(SafeFetch fetch, IOptions<FetchOptions> allowed, TimeProvider clock)
{
    /// <summary>LUD-06 allows 136,536 characters of picture.</summary>
    static readonly FetchLimits Limits = new(256 * 1024, TimeSpan.FromSeconds(8), RedirectsMax: 0);

    /// <summary>An invoice that is about to expire is as good as none.</summary>
    static readonly TimeSpan LeftMin = TimeSpan.FromSeconds(30);

    /// <summary>An invoice over exactly this amount.</summary>
    /// <param name="target">Lightning address, LNURL or URL of LUD-17.</param>
    /// <param name="amount">Of the invoice.</param>
    /// <param name="comment">Sent along where the server takes as much (LUD-12), else left out.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="ProblemException">
    /// Of <see cref="LnurlProblems"/>, <see cref="LightningProblems"/> or <see cref="FetchProblems"/>.
    /// </exception>
    public async Task<Bolt11Payment> InvoiceAsync(string target, Msat amount, string? comment, CancellationToken ct)
    {
        var url = LnurlText.TryResolve(target, IsLocal) ?? throw new ProblemException(LnurlProblems.WrongAddress);
        var offer = await GetAsync(url, ct);
        if (offer is not { Tag: "payRequest", Callback: { } callback, MinSendable: { } least, MaxSendable: { } most })
        {
            throw Wrong("It is not a pay request.");
        }

        if (amount.Value < least || amount.Value > most)
        {
            throw new ProblemException(LnurlProblems.WrongAmount with { Detail = $"It is {least} to {most} msat." });
        }

        if (!Uri.TryCreate(callback, UriKind.Absolute, out var next) || !IsSafe(next)) throw Wrong("Its callback.");
        var answer = await GetAsync(With(next, amount, Allowed(comment, offer.CommentAllowed)), ct);
        var invoice = Bolt11.TryRead(answer.Pr ?? "", out var problem) ?? throw new ProblemException(problem!);
        if (Refuse(invoice, amount, offer.Metadata ?? "") is { } refused) throw new ProblemException(refused);

        return new(answer.Pr!, invoice);
    }

    /// <summary>
    /// The amount must be what was asked. A hash of the description is compared where there is one; LUD-06 no longer
    /// asks for it.
    /// </summary>
    Problem? Refuse(Bolt11Invoice invoice, Msat amount, string metadata) =>
        invoice.Amount != amount ? LightningProblems.WrongAmount :
        invoice.DescriptionHash is not null && !invoice.IsAbout(metadata) ? LightningProblems.WrongDescription :
        invoice.ExpiresAt < clock.GetUtcNow() + LeftMin ? LightningProblems.Expired :
        null;

    async Task<LnurlAnswer> GetAsync(Uri url, CancellationToken ct)
    {
        var document = await fetch.GetAsync(url, Limits, ct);
        LnurlAnswer? answer;
        try
        {
            answer = JsonSerializer.Deserialize(document.Body, LnurlJson.Default.LnurlAnswer);
        }
        catch (JsonException)
        {
            throw Wrong("It is not JSON.");
        }

        // An error may come with HTTP 200: the body decides.
        return answer is null ? throw Wrong("It is null.")
            : string.Equals(answer.Status, "ERROR", StringComparison.OrdinalIgnoreCase) ? throw Wrong(Said(answer))
            : answer;
    }

    static Uri With(Uri callback, Msat amount, string? comment)
    {
        var join = callback.Query.Length > 0 ? '&' : '?';
        var query = string.Create(CultureInfo.InvariantCulture, $"{join}amount={amount.Value}");
        if (comment is not null) query += $"&comment={Uri.EscapeDataString(comment)}";
        return new(callback.GetLeftPart(UriPartial.Query) + query);
    }

    static string? Allowed(string? comment, int? charsMax) => comment?.Length <= (charsMax ?? 0) ? comment : null;

    static string Said(LnurlAnswer answer) =>
        answer.Reason is { Length: > 0 and <= 200 } reason ? $"It says: {reason}" : "It refuses.";

    bool IsSafe(Uri url) => url.Scheme == Uri.UriSchemeHttps || IsLocal(url.Authority);

    bool IsLocal(string authority) =>
        allowed.Value.AllowedEndpoints.Contains(authority, StringComparer.OrdinalIgnoreCase);

    static ProblemException Wrong(string detail) => new(LnurlProblems.WrongAnswer with { Detail = detail });
}

/// <param name="Text">To pay.</param>
/// <param name="Invoice">What it says.</param>
public sealed record Bolt11Payment(string Text, Bolt11Invoice Invoice);
