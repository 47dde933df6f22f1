namespace PoA.Nostr.Tests.Nostr;

public class Nip04Tests
{
    /// <summary>From the test of nostr-tools, nip04.test.ts: encrypted by another implementation (Amethyst).</summary>
    [Fact]
    public void A_message_of_another_implementation_is_read()
    {
        using var recipient = SecretKey.FromHex("91ba716fa9e7ea2fcbad360cf4f8e0d312f73984da63d90f524ad61a6a1e7dbe");
        using var sender = SecretKey.FromHex("96f6fa197aa07477ab88f6981118466ae3a982faab8ad5db9d5426870c73d220");

        Assert.Equal(
            "nanana",
            Nip04Words.TryDecrypt(
                recipient, sender.Pubkey, "zJxfaJ32rN5Dg1ODjOlEew==?iv=EV5bUjcc4OX2Km/zPp4ndQ==", out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("sixteen bytes!!!")]
    [InlineData("ü😀\n")]
    public void What_one_side_writes_the_other_reads(string text)
    {
        using var one = SecretKey.Generate();
        using var two = SecretKey.Generate();

        var written = Nip04Words.Encrypt(one, two.Pubkey, text);

        Assert.True(Nip04Words.LooksLikeOne(written));
        Assert.Equal(text, Nip04Words.TryDecrypt(two, one.Pubkey, written, out var problem));
        Assert.Null(problem);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?iv=")]
    [InlineData("AAAA?iv=AAAA")]
    [InlineData("!!!!?iv=EV5bUjcc4OX2Km/zPp4ndQ==")]
    [InlineData("zJxfaJ32rN5Dg1ODjOlEew==")]
    [InlineData("zJxfaJ32rN5Dg1ODjOlEew==?iv=EV5bUjcc4OX2Km/zPp4ndQ==?iv=x")]
    [InlineData("zJxfaJ32rN5Dg1ODjOlEew==?iv=EV5bUjcc4OX2Km/zPp4ndQ==")]
    public void Garbage_is_refused_with_one_code(string text)
    {
        using var own = SecretKey.FromHex(new string('0', 63) + "3");

        Assert.Null(Nip04Words.TryDecrypt(own, own.Pubkey, text, out var problem));
        Assert.Equal(EncryptionProblems.Garbled, problem);
    }

    [Fact]
    public void Oversized_texts_and_keys_off_the_curve_are_refused()
    {
        using var own = SecretKey.Generate();
        var large = new string('x', Limits.PlaintextBytesMax + 1);

        var refused = Assert.Throws<ProblemException>(() => Nip04Words.Encrypt(own, own.Pubkey, large));
        Assert.Equal(EncryptionProblems.WrongSize, refused.Problem);
        Assert.Null(Nip04Words.TryDecrypt(own, own.Pubkey, new('A', Limits.PlaintextBytesMax * 2), out var problem));
        Assert.Equal(EncryptionProblems.WrongSize, problem);

        var offCurve = Assert.Throws<ProblemException>(() => Nip04Words.Encrypt(own, new('f', 64), "x"));
        Assert.Equal(EncryptionProblems.WrongKey, offCurve.Problem);
    }

    [Theory]
    [InlineData(Encryption.Nip04)]
    [InlineData(Encryption.Nip44)]
    public async Task A_local_signer_encrypts_and_decrypts_in_either_scheme(Encryption scheme)
    {
        var ct = TestContext.Current.CancellationToken;
        using var one = SecretKey.Generate();
        using var two = SecretKey.Generate();

        var written = await new LocalSigner(one).EncryptAsync(scheme, two.Pubkey, "hello", ct);
        var other = scheme == Encryption.Nip04 ? Encryption.Nip44 : Encryption.Nip04;

        Assert.Equal("hello", await new LocalSigner(two).DecryptAsync(scheme, one.Pubkey, written, ct));
        await Assert.ThrowsAsync<ProblemException>(
            async () => await new LocalSigner(two).DecryptAsync(other, one.Pubkey, written, ct));
    }
}
