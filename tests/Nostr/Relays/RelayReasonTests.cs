using PoA.Nostr.Relays;

namespace PoA.Nostr.Tests.Nostr.Relays;

public class RelayReasonTests
{
    [Theory]
    [InlineData("auth-required: sign in first", RelayWord.AuthRequired)]
    [InlineData("ERROR: auth-required: requested filter requires authentication", RelayWord.AuthRequired)]
    [InlineData("ERROR: bad req: uneven size input to from_hex", RelayWord.Invalid)]
    [InlineData("error: could not reach the database", RelayWord.Error)]
    [InlineData("rate-limited: slow down", RelayWord.RateLimited)]
    [InlineData("duplicate: have it", RelayWord.Duplicate)]
    [InlineData("unsupported: filter contains unknown elements", RelayWord.Unsupported)]
    [InlineData("blocked: no", RelayWord.Blocked)]
    [InlineData("go away", RelayWord.None)]
    [InlineData("", RelayWord.None)]
    public void The_word_is_found_in_every_dialect(string message, RelayWord word) =>
        Assert.Equal(word, RelayReason.Parse(message).Word);

    [Fact]
    public void A_long_explanation_is_cut() =>
        Assert.True(RelayReason.Parse("blocked: " + new string('x', 100_000)).Text.Length < 1_000);
}
