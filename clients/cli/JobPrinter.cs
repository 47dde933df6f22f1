using System.Text.Json;

namespace PoA.Nostr.Cli;

/// <summary>Prints an exchange as it goes: the result on its own for people, or one JSON document a line.</summary>
sealed class JobPrinter(TextWriter output, bool json)
{
    /// <summary>Somebody has answered, whatever it was.</summary>
    public bool HasAnswers { get; private set; }

    public void Sent(NostrEvent request)
    {
        if (json) Line(new { type = "sent", id = request.Id, kind = request.Kind, pubkey = request.Pubkey });
        else Console.Error.WriteLine($"sent {request.Id}");
    }

    public void Answered(JobAnswer answer)
    {
        HasAnswers = true;
        var isResult = answer.Status == "success";
        if (json)
        {
            Line(new
            {
                type = isResult ? "result" : "feedback",
                id = answer.Event.Id,
                kind = answer.Event.Kind,
                agent = answer.Event.Pubkey,
                status = answer.Status,
                code = answer.Event.Tag("code") ?? answer.Problem?.Code,
                content = answer.Content,
                tags = answer.Event.Tags,
            });
        }
        else if (isResult || answer.Status == "partial")
        {
            output.WriteLine(answer.Content);
        }
        else
        {
            Console.Error.WriteLine($"{answer.Status} {answer.Content}".Trim());
        }

        output.Flush();
    }

    void Line(object document)
    {
        output.WriteLine(JsonSerializer.Serialize(document));
        output.Flush();
    }
}
