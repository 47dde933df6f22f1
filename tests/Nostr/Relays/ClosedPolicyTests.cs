using PoA.Nostr.Relays;

namespace PoA.Nostr.Tests.Nostr.Relays;

public class ClosedPolicyTests
{
    [Fact]
    public void A_relay_that_wants_us_signed_in_gets_it_at_once_and_then_ever_less_often()
    {
        Assert.Equal((ClosedStep.Authenticate, TimeSpan.Zero), Decide(RelayWord.AuthRequired, 1));
        Assert.Equal(ClosedStep.Authenticate, Decide(RelayWord.AuthRequired, 9).Step);
        Assert.Equal(TimeSpan.FromMinutes(5), Decide(RelayWord.AuthRequired, 30).Delay);
        Assert.Equal(ClosedStep.AskAgain, ClosedPolicy.Decide(RelayWord.AuthRequired, 1, false, false, 0).Step);
    }

    [Theory]
    [InlineData(RelayWord.RateLimited, 30, 600)]
    [InlineData(RelayWord.Error, 1, 60)]
    [InlineData(RelayWord.None, 1, 60)]
    public void The_wait_grows_from_the_least_to_the_most(RelayWord word, int min, int max)
    {
        Assert.Equal((ClosedStep.AskAgain, TimeSpan.FromSeconds(min)), Decide(word, 1));
        Assert.Equal((ClosedStep.AskAgain, TimeSpan.FromSeconds(max)), Decide(word, 1_000));
        Assert.InRange(ClosedPolicy.Decide(word, 1_000, true, true, 1).Delay.TotalSeconds, max, max * 1.25);
    }

    [Theory]
    [InlineData(RelayWord.Invalid)]
    [InlineData(RelayWord.Unsupported)]
    public void A_question_that_is_not_understood_is_put_more_plainly_while_that_is_possible(RelayWord word)
    {
        Assert.Equal((ClosedStep.Simplify, TimeSpan.Zero), Decide(word, 1));
        Assert.Equal(ClosedStep.Refused, ClosedPolicy.Decide(word, 1, true, canSimplify: false, 0).Step);
    }

    [Theory]
    [InlineData(RelayWord.Blocked)]
    [InlineData(RelayWord.Restricted)]
    public void A_refusal_is_respected_but_not_for_ever(RelayWord word) =>
        Assert.Equal((ClosedStep.Refused, TimeSpan.FromHours(1)), Decide(word, 1));

    static (ClosedStep Step, TimeSpan Delay) Decide(RelayWord word, int inARow) =>
        ClosedPolicy.Decide(word, inARow, canAuthenticate: true, canSimplify: true, dice: 0);
}
