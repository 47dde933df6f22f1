using System.Text;
using PoA.Nostr.Dvm;
using PoA.Nostr.Market.Agents;
using PoA.Nostr.Market.Jobs;

namespace PoA.Nostr.Tests.Dvm.Kinds;

/// <summary>The events that one job of a kind puts on the relays.</summary>
static class PublishedEvents
{
    /// <summary>The listing, the first feedback, an error and the result of the example: in the edge's words.</summary>
    public static async Task<List<(NostrEvent Request, NostrEvent Published)>> OfAsync(
        KindsWorld world, JobKind kind, CancellationToken ct)
    {
        using var agent = SecretKey.Generate();
        using var customer = SecretKey.Generate();
        var tags = kind.Example.Inputs.Select(i => new[] { "i", i.Data, "text" })
            .Concat(kind.Example.Params.Select(p => (string[])["param", p.Name, .. p.Values]));
        var request = customer.Sign(new(kind.Kind, KindsWorld.Now, [.. tags, ["p", agent.Pubkey]], ""));
        var output = await kind.RunAsync(world.Work(kind, kind.Example), _ => Task.CompletedTask, ct);
        var json = Encoding.UTF8.GetString(EventJson.Write(request));
        var job = new Job(
            request.Id, "nostr", kind.Kind, agent.Pubkey, customer.Pubkey, false, json, Msat.Zero, JobStatus.Running, 1)
        {
            ReceivedAt = TimeProvider.System.GetUtcNow(),
        };
        var prices = new Dictionary<int, Msat> { [kind.Kind] = Msat.Zero };
        var seller = new Agent(agent.Pubkey, agent.Pubkey, "test", "Test", "Tests.", null, prices);
        var problem = new Problem("kinds/test", 400, RecoveryAction.FixRequest, "It cannot be done.");

        NostrEvent Sign(int of, IEnumerable<string[]> with, string content) =>
            agent.Sign(new(of, KindsWorld.Now, [.. with], content));
        var (going, said) = AnswerEvents.FeedbackOn(request, new(job, JobStatus.Running));
        var (failing, sorry) = AnswerEvents.FeedbackOn(request, new(job, JobStatus.Failed) { Problem = problem });
        var result = AnswerEvents.ResultOf(request, json, new(job, JobStatus.Delivered) { Output = output }, output);
        var listing = AnnounceAgents.HandlerOf(seller, kind, Msat.Zero);
        return
        [
            (request, Sign(31990, AnnounceAgents.TagsOf(seller, kind), listing)),
            (request, Sign(7000, going, said)),
            (request, Sign(7000, failing, sorry)),
            (request, Sign(kind.Kind + 1000, result, output.Content)),
        ];
    }
}
