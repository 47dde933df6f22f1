namespace PoA.Nostr.Payments.Cashu;

/// <summary>Which proofs to spend, and how to cut what comes back. Pure.</summary>
static class CoinSelection
{
    /// <summary>Inputs of one request: what mints take.</summary>
    public const int InputsMax = 500;

    /// <summary>
    /// Proofs that are worth at least the target after the fee for spending them, and few more. Null when there are
    /// not so many.
    /// </summary>
    /// <param name="live">The largest first.</param>
    /// <param name="ppk">What one proof of a keyset costs, in thousandths of a sat.</param>
    /// <param name="target">In sat.</param>
    public static IReadOnlyList<EcashProof>? Choose(
        IReadOnlyList<EcashProof> live, IReadOnlyDictionary<string, Keyset> ppk, long target)
    {
        List<EcashProof> chosen = [];
        var (sum, fee) = (0L, 0L);
        foreach (var proof in live)
        {
            // A proof that costs as much as it is worth is of no help.
            if (proof.AmountSat * 1_000 <= ppk[proof.Keyset].InputFeePpk) continue;
            if (Net(sum + proof.AmountSat, fee + ppk[proof.Keyset].InputFeePpk) > target) continue;
            chosen.Add(proof);
            sum += proof.AmountSat;
            fee += ppk[proof.Keyset].InputFeePpk;
        }

        if (Net(sum, fee) < target)
        {
            var next = live.Except(chosen)
                .LastOrDefault(proof => Net(sum + proof.AmountSat, fee + ppk[proof.Keyset].InputFeePpk) >= target);
            if (next is null) return null;
            chosen.Add(next);
            sum += next.AmountSat;
            fee += ppk[next.Keyset].InputFeePpk;
        }

        foreach (var proof in chosen.OrderBy(proof => proof.AmountSat).ToList())
        {
            if (Net(sum - proof.AmountSat, fee - ppk[proof.Keyset].InputFeePpk) < target) continue;
            chosen.Remove(proof);
            sum -= proof.AmountSat;
            fee -= ppk[proof.Keyset].InputFeePpk;
        }

        return chosen.Count <= InputsMax ? chosen : null;
    }

    /// <summary>
    /// Amounts of a keyset that are worth the target after the fee for spending them: at most a little more.
    /// </summary>
    public static IReadOnlyList<ulong>? Gross(Keyset keyset, long target)
    {
        for (var gross = target; gross <= target + MostFee; gross++)
        {
            if (keyset.Split((ulong)gross) is not { } amounts) return null;
            if (Net(gross, (long)amounts.Count * keyset.InputFeePpk) >= target) return amounts;
        }

        return null;
    }

    static long Net(long sum, long feePpk) => sum - ((feePpk + 999) / 1_000);

    /// <summary>More than 64 inputs ever cost at a mint that one would use.</summary>
    const long MostFee = 64_000;
}
