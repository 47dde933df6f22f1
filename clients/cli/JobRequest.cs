using System.Text;

namespace PoA.Nostr.Cli;

/// <summary>A request on its way, with what is needed to recognise and read the answers.</summary>
sealed record JobRequest(NostrEvent Event, SecretKey Key, string? Agent, bool Encrypted)
{
    public static JobRequest Create(
        SecretKey key, int kind, IReadOnlyList<string> inputs, IReadOnlyList<JobParam> parameters, string? agent,
        bool encrypt, IReadOnlyList<string> relays, bool fromBalance = false)
    {
        if (!EventKinds.IsJobRequest(kind)) throw JobCommand.Wrong("A job's kind is 5000 to 5999.");

        var work = Nip90Words.WriteRequest(new([.. inputs.Select(Input)], parameters, null, [], null)
        {
            Pay = fromBalance ? "balance" : null,
        });
        List<string[]> tags = agent is null ? [] : [["p", agent]];
        tags.Add(["relays", .. relays]);
        var content = "";
        if (encrypt)
        {
            content = Nip44Words.Encrypt(
                Nip44Words.ConversationKey(key, agent!), Encoding.UTF8.GetString(EventJson.WriteTags(work)));
            tags.Add(["encrypted"]);
        }
        else
        {
            tags.AddRange(work);
        }

        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        return new(key.Sign(new(kind, now, [.. tags], content)), key, agent, encrypt);
    }

    /// <summary>What an encrypted answer says; the content itself of an open one.</summary>
    public string Read(NostrEvent answer)
    {
        if (!Encrypted || answer.Content.Length == 0) return answer.Content;
        var key = Nip44Words.ConversationKey(Key, answer.Pubkey);
        return Nip44Words.TryDecrypt(key, answer.Content, out _) ?? answer.Content;
    }

    /// <summary>The data, and what it is: by its prefix, else an address, else a text.</summary>
    internal static JobInput Input(string text) => text.Split(':', 2) switch
    {
        ["text", var data] => new(data, JobInputType.Text),
        ["event", var id] => new(id, JobInputType.Event),
        ["job", var id] => new(id, JobInputType.Job),
        ["http" or "https", _] => new(text, JobInputType.Url),
        _ => new(text, JobInputType.Text),
    };
}
