using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;

namespace PoA.Nostr.Server;

/// <summary>
/// The HTTP edge: a problem becomes problem+json, once for all routes. What nobody foresaw becomes a 500 with an
/// incident id that the log has too.
/// </summary>
sealed partial class ProblemHttp(IProblemDetailsService details, ILogger<ProblemHttp> log) : IExceptionHandler
{
    static readonly Problem Unforeseen =
        new("server/unforeseen", 500, RecoveryAction.TellOperator, "Something went wrong here.");

    public ValueTask<bool> TryHandleAsync(
        HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var problem = exception is ProblemException known ? known.Problem : Incident(exception);
        httpContext.Response.StatusCode = problem.HttpStatus;
        return details.TryWriteAsync(new() { HttpContext = httpContext, ProblemDetails = Details(problem) });
    }

    Problem Incident(Exception exception)
    {
        var incident = Guid.NewGuid();
        LogIncident(incident, exception);
        return Unforeseen with { Detail = $"Incident {incident}." };
    }

    internal static ProblemDetails Details(Problem problem)
    {
        Dictionary<string, object> recovery = new() { ["action"] = problem.Recovery.Word() };
        if (problem.RetryAfter is { } wait) recovery["retry_after"] = (long)Math.Ceiling(wait.TotalSeconds);
        if (problem.Price is { } price) recovery["price_msat"] = price.Value;
        return new()
        {
            Type = $"urn:poa:{problem.Code}",
            Title = problem.Title,
            Status = problem.HttpStatus,
            Detail = problem.Detail,
            Extensions = { ["code"] = problem.Code, ["recovery"] = recovery },
        };
    }

    [LoggerMessage(LogLevel.Error, "Incident {Incident}")]
    partial void LogIncident(Guid incident, Exception exception);
}
