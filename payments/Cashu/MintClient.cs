using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Options;
using PoA.Nostr.Fetch;

namespace PoA.Nostr.Payments.Cashu;

/// <summary>
/// HTTP to mints: bounded in time and bytes, no redirects. A mint that the operator lists may be anywhere; any other is
/// asked only where its ecash is taken at all, and its address is a stranger's: public, and https.
/// </summary>
public sealed class MintClient : IDisposable
{
    const int BytesMax = 4 * 1024 * 1024;

    readonly (SafeAddress Addresses, HttpMessageInvoker Http) _listed;
    readonly (SafeAddress Addresses, HttpMessageInvoker Http) _foreign;
    readonly TimeSpan _timeMax;
    readonly bool _takesForeign;
    readonly string[] _mints;
    readonly string[] _allowed;

    public MintClient(IOptions<CashuOptions> options, IOptions<FetchOptions> fetch)
    {
        _timeMax = options.Value.AnswerTimeMax;
        _takesForeign = options.Value.ForeignTokenMaxSat > 0;
        _mints = [.. options.Value.Mints.Select(CashuToken.MintUrl)];
        _allowed = fetch.Value.AllowedEndpoints;
        _listed = Open(_mints.Select(mint => new Uri(mint)).Select(uri => $"{uri.IdnHost}:{uri.Port}"));
        _foreign = Open(_allowed);
    }

    /// <summary>Best first, without slashes at the end.</summary>
    public IReadOnlyList<string> Mints => _mints;

    /// <summary>Whether a mint that is not listed may be asked at this address. Moves nothing.</summary>
    internal bool MayAskForeign(string mint) =>
        _takesForeign && Uri.TryCreate(mint, UriKind.Absolute, out var uri)
        && uri.Query.Length == 0 && uri.Fragment.Length == 0
        && (uri.Scheme == Uri.UriSchemeHttps || IsAllowed(uri)) && _foreign.Addresses.Refuse(uri) is null;

    /// <summary>What the mint said, or null when no whole answer came: then it may have acted, or not.</summary>
    internal async Task<MintAnswer?> AskAsync(
        string mint, string path, byte[]? json, bool isPayment, CancellationToken ct)
    {
        var isListed = _mints.Contains(mint);
        if (!isListed && !MayAskForeign(mint)) throw new ProblemException(CashuProblems.MintNotListed);
        var (addresses, http) = isListed ? _listed : _foreign;
        using var timed = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timed.CancelAfter(isPayment && isListed ? _timeMax * 5 : _timeMax);
        try
        {
            var uri = new Uri(mint + path);
            if (addresses.Refuse(uri) is { } problem) throw new ProblemException(problem);
            using var request = Request(uri, json);
            using var response = await http.SendAsync(request, timed.Token);
            await using var body = await response.Content.ReadAsStreamAsync(timed.Token);
            return await ReadAsync(body, timed.Token) is { } bytes ? new((int)response.StatusCode, bytes) : null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or ProblemException
            || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return null;
        }
    }

    public void Dispose()
    {
        _listed.Http.Dispose();
        _foreign.Http.Dispose();
    }

    bool IsAllowed(Uri uri) => _allowed.Contains($"{uri.IdnHost}:{uri.Port}", StringComparer.OrdinalIgnoreCase);

    static (SafeAddress Addresses, HttpMessageInvoker Http) Open(IEnumerable<string> anywhere)
    {
        var addresses = new SafeAddress(anywhere);
        var handler = addresses.CreateHandler();
        handler.AutomaticDecompression = DecompressionMethods.All;
        return (addresses, new(handler));
    }

    static HttpRequestMessage Request(Uri uri, byte[]? json)
    {
        var request = new HttpRequestMessage(json is null ? HttpMethod.Get : HttpMethod.Post, uri);
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("PoA.Nostr", null));
        if (json is null) return request;

        request.Content = new ByteArrayContent(json);
        request.Content.Headers.ContentType = new("application/json");
        return request;
    }

    /// <summary>All of it, or null where it is more than a mint has to say.</summary>
    static async Task<byte[]?> ReadAsync(Stream body, CancellationToken ct)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (await body.ReadAsync(buffer, ct) is > 0 and var count)
        {
            bytes.Write(buffer, 0, count);
            if (bytes.Length > BytesMax) return null;
        }

        return bytes.ToArray();
    }
}

/// <summary>A whole answer of a mint.</summary>
sealed record MintAnswer(int Status, byte[] Body)
{
    public bool IsOk => Status is 200;

    /// <summary>The mint read the request and said no. Not so a server error: there it may have begun.</summary>
    public bool IsRefusal => Status is >= 400 and < 500 and not (408 or 425 or 429);

    /// <summary>What a refusal says, cut to a line; empty for what is none.</summary>
    public (int Code, string Detail) Error()
    {
        try
        {
            var error = CashuJson.Read(Body, CashuJson.Default.ErrorReply, CashuProblems.MintRefused);
            var detail = error.Detail?.ToString() ?? "";
            return (error.Code ?? 0, new([.. detail.Take(DetailMax).Where(c => !char.IsControl(c))]));
        }
        catch (ProblemException)
        {
            return (0, "");
        }
    }

    const int DetailMax = 200;
}
