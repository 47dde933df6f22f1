namespace PoA.Nostr.Ledger;

/// <summary>
/// Money leaves one account and enters another. What a caller asks for: the books refuse it, or write it once.
/// </summary>
/// <param name="Id">The idempotency key, derived from the cause: <c>uuidv5("settle", job id)</c>.</param>
/// <param name="From">Code of the account that pays, as <see cref="AccountCode"/> writes it.</param>
/// <param name="To">Code of the account that is paid.</param>
/// <param name="Amount">Above zero.</param>
/// <param name="Kind">What sort of transfer: <c>fund</c>, <c>settle</c>, <c>fee</c>, <c>refund</c>…</param>
/// <param name="Cause">What it is for: a job id, a payment id.</param>
public sealed record Transfer(Guid Id, string From, string To, Msat Amount, string Kind, string Cause);
