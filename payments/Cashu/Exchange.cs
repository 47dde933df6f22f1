using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace PoA.Nostr.Payments.Cashu;

/// <summary>
/// Carries one request to a mint and finds out what became of it, whatever the network did. The same bytes are sent
/// again after a crash; when that brings no signatures, the mint is asked for those it made of our outputs (NUT-09),
/// and what became of our inputs (NUT-07). An error code alone decides nothing: mints disagree about them.
/// </summary>
sealed partial class Exchange(
    MintClient mints, MintKeysets keysets, OperationLog log, WalletSeed seed, NpgsqlDataSource db,
    ILogger<Exchange> logger)
{
    public const string MeltPath = "/v1/melt/bolt11";

    /// <summary>For requests whose answer is signatures: swap and mint.</summary>
    public async Task<Outcome> SendAsync(Operation op, CancellationToken ct)
    {
        var answer = await mints.AskAsync(op.Mint, op.Path!, op.Request, false, ct);
        if (answer is { IsOk: true })
        {
            var outputs = await EcashRows.OutputsAsync(db, op, ct);
            var signatures = Read(answer, CashuJson.Default.SignaturesReply)?.Signatures;
            if (await AcceptAsync(op, outputs, signatures, ct) is { } proofs) return new Outcome.Signed(proofs);
            LogWrong(op.Id, op.Mint, "its answer");
        }

        return await FindOutAsync(op, answer, ct);
    }

    /// <summary>What became of a request that brought no signatures.</summary>
    async Task<Outcome> FindOutAsync(Operation op, MintAnswer? answer, CancellationToken ct)
    {
        var isInDoubt = answer is not { IsRefusal: true };
        var outputs = await EcashRows.OutputsAsync(db, op, ct);
        if (await RestoredAsync(op, outputs, isInDoubt, ct) is { } early) return early;
        if (await StatesAsync(op, ct) is not { } states) return new Outcome.Unknown(isInDoubt);
        if (isInDoubt || log.IsInDoubt(op) || states.Contains("PENDING")) return new Outcome.Unknown(isInDoubt);

        // A request of ours may have been served between the two questions: then it was we who spent them.
        if (states.Contains("SPENT")) return await RestoredAsync(op, outputs, isInDoubt, ct) ?? new Outcome.Spent();

        var (code, detail) = answer!.Error();
        return new Outcome.Refused(code, detail, await HasRotatedAsync(op, outputs, ct));
    }

    /// <summary>What follows from the signatures that the mint remembers; null when it has made none of them.</summary>
    async Task<Outcome?> RestoredAsync(
        Operation op, List<EcashOutput> outputs, bool isInDoubt, CancellationToken ct)
    {
        if (await RestoreAsync(op, outputs, ct) is not { } restored) return new Outcome.Unknown(isInDoubt);
        if (restored.Count == 0) return null;

        BlindSignature?[] inOrder = [.. outputs.Select(output => restored.GetValueOrDefault(output.B))];
        if (await AcceptAsync(op, outputs, inOrder, ct) is { } proofs) return new Outcome.Signed(proofs);
        LogWrong(op.Id, op.Mint, "what it restored");
        return new Outcome.Unknown(isInDoubt);
    }

    /// <summary>
    /// How a payment by a mint stands: the request is sent until it was answered, and then it is asked after. What the
    /// mint said last counts.
    /// </summary>
    public async Task<MeltStanding> MeltAsync(Operation op, CancellationToken ct)
    {
        var details = op.Details;
        var answer = details.Answered ? null : await mints.AskAsync(op.Mint, MeltPath, op.Request, true, ct);
        var isInDoubt = !details.Answered && answer is not ({ IsOk: true } or { IsRefusal: true });
        var direct = Reply(answer) is { State: not (null or "UNPAID") } reply ? reply : null;
        var quote = direct ?? Reply(await mints.AskAsync(
            op.Mint, $"/v1/melt/quote/bolt11/{Uri.EscapeDataString(details.Quote!)}", null, false, ct));
        return new(quote, direct is not null, isInDoubt, details with { Answered = !isInDoubt });
    }

    /// <summary>
    /// The signatures that the mint made of these outputs, by B'. None is an answer; null is none, or one that speaks
    /// of what we did not ask.
    /// </summary>
    public async Task<Dictionary<string, BlindSignature>?> RestoreAsync(
        Operation op, IReadOnlyList<EcashOutput> outputs, CancellationToken ct)
    {
        var request = new RestoreRequest([.. outputs.Select(output => output.Message)]);
        var answer = await AskAsync(op.Mint, "/v1/restore", request, CashuJson.Default.RestoreRequest, ct);
        if (answer is not { IsOk: true } || Read(answer, CashuJson.Default.RestoreReply) is not
            { Outputs: { } messages, Signatures: { } signatures } || messages.Length != signatures.Length)
        {
            return null;
        }

        Dictionary<string, BlindSignature> found = new(StringComparer.Ordinal);
        foreach (var (message, signature) in messages.Zip(signatures))
        {
            if (message is null || signature is null || outputs.All(output => output.B != message.B)
                || !found.TryAdd(message.B, signature))
            {
                LogWrong(op.Id, op.Mint, "what it restored");
                return null;
            }
        }

        return found;
    }

    /// <summary>How the mint sees the inputs of an operation, ours or others'. Empty where it has none.</summary>
    public async Task<IReadOnlyList<string>?> StatesAsync(Operation op, CancellationToken ct)
    {
        var own = await EcashRows.ProofsOfAsync(db, op.Id, "reserved", ct);
        return await StatesAsync(
            op.Mint, [.. own.Select(proof => proof.Y), .. await EcashRows.InputsAsync(db, op.Id, ct)], ct);
    }

    /// <summary>How the mint sees these proofs, in their order; null where it did not say.</summary>
    public async Task<IReadOnlyList<string>?> StatesAsync(string mint, string[] ys, CancellationToken ct)
    {
        if (ys.Length == 0) return [];

        var answer = await AskAsync(
            mint, "/v1/checkstate", new CheckStateRequest(ys), CashuJson.Default.CheckStateRequest, ct);
        return answer is { IsOk: true } && Read(answer, CashuJson.Default.CheckStateReply)?.States is { } states
            && states.Length == ys.Length
            && states.Zip(ys).All(pair => pair.First.Y == pair.Second
                && pair.First.State is "UNSPENT" or "PENDING" or "SPENT")
            ? [.. states.Select(state => state.State!)]
            : null;
    }

    /// <summary>The proofs that these signatures make, all of them or null.</summary>
    async Task<IReadOnlyList<EcashProof>?> AcceptAsync(
        Operation op, List<EcashOutput> outputs, BlindSignature?[]? signatures, CancellationToken ct)
    {
        if (signatures is null || signatures.Length != outputs.Count) return null;

        List<EcashProof> proofs = [];
        foreach (var (output, signature) in outputs.Zip(signatures))
        {
            if (signature is null) return null;
            var keyset = await keysets.ResolveAsync(op.Mint, output.Keyset, ct);
            if (output.Accept(seed, keyset, signature) is not { } proof) return null;
            proofs.Add(proof);
        }

        return proofs;
    }

    /// <summary>
    /// The proofs of blanks that the mint filled (NUT-08): the first so many, or those that it restored. Null when one
    /// is wrong, or their sum is more than there was to give back.
    /// </summary>
    public async Task<IReadOnlyList<EcashProof>?> AcceptChangeAsync(
        Operation op, IReadOnlyList<(EcashOutput Blank, BlindSignature Signature)> change, long sumMax,
        CancellationToken ct)
    {
        List<EcashProof> proofs = [];
        foreach (var (blank, signature) in change)
        {
            var keyset = await keysets.ResolveAsync(op.Mint, blank.Keyset, ct);
            if (blank.Accept(seed, keyset, signature) is not { } proof) return null;
            proofs.Add(proof);
        }

        if (proofs.Aggregate(0UL, (sum, proof) => sum + (ulong)proof.AmountSat) <= (ulong)sumMax) return proofs;
        LogWrong(op.Id, op.Mint, "its change");
        return null;
    }

    public Task<MintAnswer?> AskAsync<T>(
        string mint, string path, T request, JsonTypeInfo<T> type, CancellationToken ct) =>
        mints.AskAsync(mint, path, JsonSerializer.SerializeToUtf8Bytes(request, type), false, ct);

    static MeltQuoteReply? Reply(MintAnswer? answer) =>
        answer is { IsOk: true } ? Read(answer, CashuJson.Default.MeltQuoteReply) : null;

    /// <summary>Null for what is not this.</summary>
    public static T? Read<T>(MintAnswer answer, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return CashuJson.Read(answer.Body, type, CashuProblems.MintRefused);
        }
        catch (ProblemException)
        {
            return null;
        }
    }

    /// <summary>Whether the outputs name a keyset that signs no more: nothing of them will ever be signed.</summary>
    async Task<bool> HasRotatedAsync(Operation op, List<EcashOutput> outputs, CancellationToken ct)
    {
        try
        {
            var known = await keysets.RefreshAsync(op.Mint, ct);
            return outputs.Any(output => known.Keysets.Any(keyset => keyset.Id == output.Keyset && !keyset.Active));
        }
        catch (ProblemException)
        {
            return false;
        }
    }

    /// <summary>What became of a request.</summary>
    internal abstract record Outcome
    {
        /// <summary>All outputs are signed, and the signatures are right.</summary>
        public sealed record Signed(IReadOnlyList<EcashProof> Proofs) : Outcome;

        /// <summary>Nobody can say yet.</summary>
        public sealed record Unknown(bool IsInDoubt) : Outcome;

        /// <summary>Nothing happened, and nothing will.</summary>
        public sealed record Refused(int Code, string Detail, bool HasRotated) : Outcome;

        /// <summary>Somebody else spent the inputs.</summary>
        public sealed record Spent : Outcome;
    }

    [LoggerMessage(LogLevel.Error, "Operation {Id}: {Mint} is wrong in {What}; nothing is given up")]
    partial void LogWrong(Guid id, string mint, string what);
}

/// <summary>How a payment that a mint makes for us stands.</summary>
/// <param name="Quote">What it said last, or null.</param>
/// <param name="IsDirect">It said so to the request itself.</param>
/// <param name="IsInDoubt">The request was sent, and nobody knows whether it arrived.</param>
/// <param name="Details">With what is known now.</param>
sealed record MeltStanding(MeltQuoteReply? Quote, bool IsDirect, bool IsInDoubt, OperationDetails Details)
{
    public bool IsPaid => Quote is { State: "PAID" } or { State: null, Paid: true };

    public bool IsUnpaid => Quote is { State: "UNPAID" } or { State: null, Paid: false };
}
