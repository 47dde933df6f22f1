namespace PoA.Nostr.Tests.Nostr;

public class EventTests
{
    [Theory]
    [InlineData("plain")]
    [InlineData("\n\"\\\r\t\b\f")]
    [InlineData("\u0000\u0001\u001f")]
    [InlineData("😀 ü 日本 \u2028\u2029 </script>/")]
    public void What_we_sign_survives_the_wire_and_verifies(string text)
    {
        using var key = SecretKey.Generate();
        var signed = key.Sign(new(1, 1_700_000_000, [["t", text], []], text));

        var parsed = EventJson.TryParse(EventJson.Write(signed), out var problem);

        Assert.Null(problem);
        Assert.Equal(text, parsed!.Content);
        Assert.NotNull(VerifiedEvent.TryVerify(parsed, out _));
        Assert.Null(VerifiedEvent.TryVerify(parsed with { Content = text + "x" }, out problem));
        Assert.Equal(EventProblems.WrongId, problem);
        Assert.Null(VerifiedEvent.TryVerify(parsed with { Sig = new('0', 128) }, out problem));
        Assert.Equal(EventProblems.WrongSignature, problem);
    }
}
