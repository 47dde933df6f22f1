namespace PoA.Nostr.Payments;

/// <summary>Money that has arrived and is ours: the swap is verified, or our invoice is settled.</summary>
/// <param name="Id">Of the operation that brought it: ids of what is posted derive from it.</param>
/// <param name="Purpose">What it is for, as it was said when the payment was asked for.</param>
/// <param name="Source">Code of the rail's account: the receiver moves <paramref name="Amount"/> out of it.</param>
/// <param name="Amount">Net of what the rail took.</param>
/// <param name="Rail">As a receipt names it: <c>cashu</c>, <c>zap</c>, <c>bolt11</c>.</param>
/// <param name="Reference">What the rail calls it, unique for ever: a payment hash, a hash of the proofs.</param>
public sealed record ReceivedPayment(
    Guid Id, PaymentPurpose Purpose, string Source, Msat Amount, string Rail, string Reference)
{
    /// <summary>Key of who paid, where the rail says so.</summary>
    public string? Payer { get; init; }

    /// <summary>Id of the nutzap that brought it, or null.</summary>
    public string? Nutzap { get; init; }

    /// <summary>It was ecash that anybody could have spent, and nobody did.</summary>
    public bool IsPublic { get; init; }

    /// <summary>What the customer gave up, before the rail took its part: a refund returns this.</summary>
    public Msat Paid { get; init; } = Amount;

    /// <summary>
    /// What it was worth at a mint of the payer's own choice. What it cost to get it from there is the payer's, who is
    /// told of it; else a mint could charge what it likes, and we would pay that back.
    /// </summary>
    public Msat Given { get; init; } = Amount;
}

/// <summary>Why money comes in: who reads it is found by the word, and what it is about by the subject.</summary>
/// <param name="Word"><c>job</c>, <c>balance</c>, <c>hire</c>.</param>
/// <param name="Subject">A job id, a public key, an agent's key.</param>
public readonly record struct PaymentPurpose(string Word, string Subject)
{
    public override string ToString() => $"{Word}:{Subject}";

    public static PaymentPurpose Parse(string text) =>
        text.Split(':', 2) is [var word, var subject] ? new(word, subject) : throw new FormatException(text);
}
