using System.Reflection;

namespace PoA.Nostr.Payments.Cashu;

/// <summary>Problems that are kept in rows by their codes.</summary>
static class KnownProblems
{
    static readonly Dictionary<string, Problem> ByCode = typeof(CashuProblems)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => field.GetValue(null)).OfType<Problem>()
        .ToDictionary(problem => problem.Code);

    public static Problem Of(string code) => ByCode[code];

    /// <summary>As it can be kept: one of other features is a detail of a payment that failed.</summary>
    public static Problem Kept(Problem problem) => ByCode.ContainsKey(problem.Code)
        ? problem
        : CashuProblems.PaymentFailed with { Detail = problem.Code };
}
