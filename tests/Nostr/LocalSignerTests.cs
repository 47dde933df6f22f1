namespace PoA.Nostr.Tests.Nostr;

public class LocalSignerTests
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void A_key_is_made_once_and_is_the_right_one()
    {
        using var own = SecretKey.Generate();
        using var peer = SecretKey.Generate();
        using var keys = new ConversationKeys(own);
        var found = new byte[32];
        for (var i = 0; i < 3; i++)
        {
            keys.Copy(peer.Pubkey, found);
            Assert.Equal(Nip44Words.ConversationKey(peer, own.Pubkey), found);
        }

        Assert.Equal((1, 1), (keys.Made, keys.Count));
        Assert.Throws<ProblemException>(() => keys.Copy(new('0', 64), found));
        Assert.Equal(1, keys.Count);
    }

    [Fact]
    public void The_oldest_goes_unless_it_was_used()
    {
        using var own = SecretKey.Generate();
        using var keys = new ConversationKeys(own);
        var found = new byte[32];
        List<string> peers = [];
        while (peers.Count < ConversationKeys.KeptMax + 1)
        {
            using var peer = SecretKey.Generate();
            peers.Add(peer.Pubkey);
        }

        foreach (var peer in peers.Take(ConversationKeys.KeptMax)) keys.Copy(peer, found);
        keys.Copy(peers[0], found);
        keys.Copy(peers[^1], found);
        Assert.Equal((ConversationKeys.KeptMax, ConversationKeys.KeptMax + 1), (keys.Count, keys.Made));

        keys.Copy(peers[0], found);
        Assert.Equal(ConversationKeys.KeptMax + 1, keys.Made);
        keys.Copy(peers[1], found);
        Assert.Equal((ConversationKeys.KeptMax, ConversationKeys.KeptMax + 2), (keys.Count, keys.Made));
    }

    [Fact]
    public async Task A_disposed_signer_keeps_nothing_and_its_key_lives_on()
    {
        using var own = SecretKey.Generate();
        var signer = new LocalSigner(own);
        var said = await signer.EncryptAsync(Encryption.Nip44, own.Pubkey, "x", Ct);
        signer.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(
            async () => await signer.DecryptAsync(Encryption.Nip44, own.Pubkey, said, Ct));
        using var second = new LocalSigner(own);
        Assert.Equal("x", await second.DecryptAsync(Encryption.Nip44, own.Pubkey, said, Ct));
    }

    [Fact]
    public async Task Many_threads_read_each_others_words()
    {
        using var own = SecretKey.Generate();
        using var other = SecretKey.Generate();
        using var one = new LocalSigner(own);
        using var two = new LocalSigner(other);
        await Parallel.ForAsync(0, 200, Ct, async (i, ct) =>
        {
            var said = await one.EncryptAsync(Encryption.Nip44, other.Pubkey, $"{i}", ct);
            Assert.Equal($"{i}", await two.DecryptAsync(Encryption.Nip44, own.Pubkey, said, ct));
        });
    }
}
