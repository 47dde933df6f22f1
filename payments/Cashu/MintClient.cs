using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Options;
using PoA.Nostr.Fetch;

namespace PoA.Nostr.Payments.Cashu;

/// <summary>
/// HTTP to the mints that are listed, and to no other: bounded in time and bytes, no redirects. What the operator
/// lists may be anywhere; the name is still vetted and connected to by us.
/// </summary>
public sealed class MintClient : IDisposable
{
    const int BytesMax = 4 * 1024 * 1024;

    readonly HttpMessageInvoker _http;
    readonly SafeAddress _addresses;
    readonly TimeSpan _timeMax;
    readonly string[] _mints;

    public MintClient(IOptions<CashuOptions> options)
    {
        _timeMax = options.Value.AnswerTimeMax;
        _mints = [.. options.Value.Mints.Select(CashuToken.MintUrl)];
        _addresses = new(_mints.Select(mint => new Uri(mint)).Select(uri => $"{uri.IdnHost}:{uri.Port}"));
        var handler = _addresses.CreateHandler();
        handler.AutomaticDecompression = DecompressionMethods.All;
        _http = new(handler);
    }

    /// <summary>Best first, without slashes at the end.</summary>
    public IReadOnlyList<string> Mints => _mints;

    /// <summary>What the mint said, or null when no whole answer came: then it may have acted, or not.</summary>
    internal async Task<MintAnswer?> AskAsync(
        string mint, string path, byte[]? json, bool isPayment, CancellationToken ct)
    {
        if (!_mints.Contains(mint)) throw new ProblemException(CashuProblems.MintNotListed);
        using var timed = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timed.CancelAfter(isPayment ? _timeMax * 5 : _timeMax);
        try
        {
            using var request = Request(new Uri(mint + path), json);
            using var response = await _http.SendAsync(request, timed.Token);
            await using var body = await response.Content.ReadAsStreamAsync(timed.Token);
            return await ReadAsync(body, timed.Token) is { } bytes ? new((int)response.StatusCode, bytes) : null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or ProblemException
            || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return null;
        }
    }

    public void Dispose() => _http.Dispose();

    HttpRequestMessage Request(Uri uri, byte[]? json)
    {
        if (_addresses.Refuse(uri) is { } problem) throw new ProblemException(problem);
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
