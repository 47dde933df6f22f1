using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.Nsite.Publishing;

/// <summary>
/// Deletes (NIP-09) the events of files that a storefront no longer has, the older form's only: the manifest replaces
/// itself. What stands is what relays have, so that nothing needs to be remembered here.
/// </summary>
public sealed class WithdrawFiles(NpgsqlDataSource db, IEventFinder finder, IOutbox outbox, TimeProvider clock)
{
    const string Role = "announce";
    static readonly TimeSpan LookMax = TimeSpan.FromSeconds(3);

    public async Task HandleAsync(ISigner signer, IReadOnlyList<SiteFile> files, CancellationToken ct)
    {
        var filter = new Filter { Authors = [signer.Pubkey], Kinds = [Nip5AWords.LegacyFile] };
        var standing = await finder.FindAsync(filter, Role, [], LookMax, ct);
        var paths = files.Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        var gone = standing.Where(one => !paths.Contains(one.Tag("d") ?? "")).ToList();
        if (gone.Count == 0) return;

        var request = Nip09Words.Request(gone, "no longer part of the site", clock.GetUtcNow().ToUnixTimeSeconds());
        var signed = await signer.SignAsync(request, ct);
        await db.InTransactionAsync(tx => outbox.AddAsync(tx, [new(signed, [], Role)], ct), ct);
    }
}
