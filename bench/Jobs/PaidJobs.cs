using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Npgsql;
using PoA.Nostr.Database;

namespace PoA.Nostr.Bench.Jobs;

/// <summary>
/// What money adds to the benchmark of jobs: balances filled by the devnet's faucet before, the price in each request,
/// and at the end the time by which the last escrow was settled, as the payers' balances and the books' show it.
/// </summary>
sealed class PaidJobs(Uri relay)
{
    public const int Kind = 5001;
    const int PriceSat = 21;
    const int TokenSatMax = 1_000_000;

    static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false });

    readonly string _api = $"http://127.0.0.1:{relay.Port + 1}";
    readonly string _faucet = $"http://127.0.0.1:{relay.Port + 9}";

    public static string[][] Tags(int nth) =>
    [
        ["i", "Relays keep notes. A relay may refuse a note. Authors sign their notes, and nobody else can.", "text"],
        ["param", "length", "1 sentences"], ["bid", "21000"], ["pay", "balance"], ["nonce", $"{nth}", "0"],
    ];

    /// <summary>As much as each customer's jobs cost, by tokens of the faucet.</summary>
    public async Task FillAsync(IReadOnlyList<SecretKey> customers, int jobs, CancellationToken ct)
    {
        Console.WriteLine($"filling {customers.Count} balances");
        foreach (var customer in customers)
        {
            var missing = ((jobs / customers.Count) + 1) * PriceSat;
            while (missing > 0)
            {
                var sat = Math.Min(missing + 5, TokenSatMax);
                using var made = await Http.PostAsJsonAsync($"{_faucet}/token", new { amount_sat = sat }, ct);
                made.EnsureSuccessStatusCode();
                using var answer = JsonDocument.Parse(await made.Content.ReadAsStringAsync(ct));
                var token = new StringContent(answer.RootElement.GetProperty("token").GetString()!, Encoding.UTF8);
                using var credited = await Http.PostAsync($"{_api}/balances/{customer.Pubkey}/cashu", token, ct);
                credited.EnsureSuccessStatusCode();
                missing -= sat - 5;
            }
        }
    }

    /// <summary>Waits until each escrow was settled, and prints the rate from the first request to that.</summary>
    public static async Task SettledAsync(
        string data, IReadOnlyList<SecretKey> customers, int jobs, CancellationToken ct)
    {
        var postgres = EmbeddedPostgres.Running(data)
            ?? throw new InvalidOperationException($"No database runs in {data}: name the folder with --data.");
        await using var db = NpgsqlDataSource.Create(postgres.ConnectionString);
        var keys = customers.Select(customer => customer.Pubkey).ToArray();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        (long Settled, double Seconds) now;
        do now = await db.OneAsync<(long, double)>(SelectSettled, new { keys }, ct);
        while (now.Settled < jobs && await tick.WaitForNextTickAsync(ct));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"settled {now.Settled} with their fees in {now.Seconds:F1} s = {now.Settled / now.Seconds:F0}/s"));
    }

    const string SelectSettled = """
        select count(*) filter (where status = 'settled'),
               coalesce(extract(epoch from max(changed_at) - min(received_at)), 0)::float8
          from market.job
         where customer = any(@keys)
        """;
}
