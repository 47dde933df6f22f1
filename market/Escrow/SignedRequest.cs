using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace PoA.Nostr.Market.Escrow;

/// <summary>
/// Whose request it is (NIP-98). It must be signed for our own address, not for whatever host the request names: else
/// another site could have its visitors sign for itself, and hand that on to us.
/// </summary>
sealed class SignedRequest(IOptions<EscrowOptions> options, TimeProvider clock)
{
    /// <summary>The key that signed for this very request.</summary>
    /// <param name="request">Its method, path and query must be signed for.</param>
    /// <param name="body">By its hash.</param>
    /// <exception cref="ProblemException">Nobody did.</exception>
    public string Key(HttpRequest request, byte[] body)
    {
        var signed = Nip98Words.TryRead(request.Headers.Authorization, out var problem)
            ?? throw new ProblemException(problem!);
        var url = $"{Origin(request)}{request.Path}{request.QueryString}";
        var payload = body.Length == 0 ? null : Convert.ToHexStringLower(SHA256.HashData(body));
        problem = Nip98Words.Refuse(signed.Event, request.Method, url, payload, clock.GetUtcNow());
        return problem is null ? signed.Event.Pubkey : throw new ProblemException(problem);
    }

    /// <summary>What the operator says; on this machine alone what the client says, be it a name or a number.</summary>
    string Origin(HttpRequest request)
    {
        var own = options.Value.PublicUrl?.TrimEnd('/');
        if (own is not null && !new Uri(own).IsLoopback) return own;

        var said = $"{request.Scheme}://{request.Host}";
        return Uri.TryCreate(said, UriKind.Absolute, out var here) && here.IsLoopback
            ? said
            : throw new ProblemException(AuthProblems.WrongPlace);
    }
}
