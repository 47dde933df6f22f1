using System.Collections.Concurrent;
using System.Globalization;
using System.Numerics;
using Microsoft.Extensions.Options;
using PoA.Nostr.Market.Accounts;

namespace PoA.Nostr.Dvm;

/// <summary>
/// Two lanes: known customers, and strangers, each of whom has a bounded share of the road. Proof of work (NIP-13) on
/// the request lifts the bound for it.
/// </summary>
public sealed class AdmissionLanes(KnownAccounts accounts, IOptions<DvmOptions> options, TimeProvider clock)
{
    const int StrangersMax = 100_000;

    readonly ConcurrentDictionary<string, Bucket> _strangers = new(StringComparer.Ordinal);

    /// <summary>Null when the request may go on. Who stays under the bound is never looked up.</summary>
    public async ValueTask<Problem?> RefuseAsync(NostrEvent request, CancellationToken ct)
    {
        if (TryPass(request.Pubkey) || WorkOf(request) >= options.Value.WorkBitsMin) return null;
        return await accounts.IsKnownAsync(request.Pubkey, ct) ? null : DvmProblems.OverCapacity;
    }

    /// <summary>A bucket that fills at the rate and holds one second of it.</summary>
    internal bool TryPass(string customer)
    {
        var rate = options.Value.StrangerJobsPerSecond;
        var now = clock.GetTimestamp();
        if (_strangers.Count >= StrangersMax) _strangers.Clear();
        var bucket = _strangers.GetOrAdd(customer, static (_, full) => new(full.rate, full.now), (rate, now));
        lock (bucket)
        {
            var filled = clock.GetElapsedTime(bucket.At, now).TotalSeconds * rate;
            bucket.Left = Math.Min(rate, bucket.Left + filled);
            bucket.At = now;
            if (bucket.Left < 1) return false;

            bucket.Left--;
            return true;
        }
    }

    /// <summary>Leading zero bits of the id, and no more than the author committed to (NIP-13).</summary>
    internal static int WorkOf(NostrEvent request)
    {
        var target = request.TagsNamed("nonce").FirstOrDefault()?.ElementAtOrDefault(2);
        if (!int.TryParse(target, NumberStyles.None, CultureInfo.InvariantCulture, out var committed)) return 0;

        var bits = 0;
        foreach (var digit in request.Id)
        {
            var value = (uint)Convert.ToInt32(digit.ToString(), 16);
            bits += value == 0 ? 4 : BitOperations.LeadingZeroCount(value) - 28;
            if (value != 0) break;
        }

        return Math.Min(bits, committed);
    }

    sealed class Bucket(double left, long at)
    {
        public double Left { get; set; } = left;
        public long At { get; set; } = at;
    }
}
