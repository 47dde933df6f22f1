using System.CommandLine;

namespace PoA.Nostr.Server.Verbs;

/// <summary>
/// <c>./poa status</c>: whether it is ready, where everything is, who works here. Exit code 1: not ready.
/// </summary>
static class StatusVerb
{
    public static Command Create()
    {
        var verb = new Command("status", "Say whether it is ready, and where everything is.") { Verb.Data, Verb.Json };
        verb.SetAction(async (parsed, ct) =>
        {
            var status = await Status.ProbeAsync(Verb.Existing(parsed), ct);
            Console.WriteLine(parsed.GetValue(Verb.Json) ? status.ToJson() : Summary.Of(status));
            return status.Ready ? 0 : 1;
        });
        return verb;
    }
}
