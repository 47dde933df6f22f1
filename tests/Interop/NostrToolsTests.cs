using System.Text.Json;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Interop;

/// <summary>Our NIPs against those of nostr-tools, in both directions.</summary>
[Suite("interop")]
public class NostrToolsTests
{
    static readonly string[] Texts = ["a", "ü😀\n\"\\", new('x', 1_000), new('y', 65_535), new('z', 65_536)];

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Encryption.Nip04, "04")]
    [InlineData(Encryption.Nip44, "44")]
    public async Task Each_reads_what_the_other_encrypts(Encryption scheme, string name)
    {
        using var own = SecretKey.Generate();
        using var other = SecretKey.Generate();
        var signer = new LocalSigner(own);
        var secret = Convert.ToHexStringLower(other.Reveal());
        var texts = scheme == Encryption.Nip04 ? Texts[..4] : Texts;
        List<string> lines = [];
        foreach (var text in texts)
        {
            var written = await signer.EncryptAsync(scheme, other.Pubkey, text, Ct);
            lines.Add(JsonSerializer.Serialize(new { scheme = name, secret, pubkey = own.Pubkey, decrypt = written }));
            lines.Add(JsonSerializer.Serialize(new { scheme = name, secret, pubkey = own.Pubkey, encrypt = text }));
        }

        var answers = await Node.RunAsync("nip44.mjs", stdin: string.Join('\n', lines) + "\n", ct: Ct);

        Assert.Equal(lines.Count, answers.Count);
        for (var i = 0; i < texts.Length; i++)
        {
            Assert.Equal(texts[i], answers[i * 2].Text("text"));
            Assert.Equal(
                texts[i],
                await signer.DecryptAsync(scheme, other.Pubkey, answers[(i * 2) + 1].Text("text"), Ct));
        }
    }
}
