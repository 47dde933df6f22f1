using System.Globalization;
using System.Text.Json;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Interop;

/// <summary>What a visitor's browser says of a page: Chromium, at one width, in the light or in the dark.</summary>
sealed class BrowserView(JsonElement seen)
{
    const double AaContrast = 4.5;
    static readonly string[] Browsers = ["chromium", "chromium-browser", "google-chrome"];

    /// <summary>A busy machine takes its time.</summary>
    static readonly TimeSpan TimeMax = TimeSpan.FromMinutes(10);

    /// <summary>One for each that is named (<c>light-1100</c>), and at last one without script.</summary>
    public static async Task<IReadOnlyList<BrowserView>> OpenAsync(
        string address, string[] views, CancellationToken ct)
    {
        var seen = await Node.RunAsync("storefront.mjs", [Program(), address, "", .. views], limit: TimeMax, ct: ct);
        Assert.Equal([.. views, "without script"], seen.Select(one => one.GetProperty("view").GetString()));
        return [.. seen.Select(one => new BrowserView(one))];
    }

    public string Text(string name) => seen.GetProperty(name).ToString();

    public IReadOnlyList<string> Texts(string name) =>
        [.. seen.GetProperty(name).EnumerateArray().Select(one => one.GetString() ?? "")];

    /// <summary>
    /// It is all there, comes from one origin and complains of nothing. Where there was script to look with: nothing
    /// is cut off, and axe-core finds names, roles, order and contrast right and leaves nothing undecided.
    /// </summary>
    public void AssertSound()
    {
        var name = Text("view");
        Assert.Equal("200", Text("status"));
        Empty(name, "foreign", "faults");
        if (!seen.TryGetProperty("scrollWidth", out var scroll)) return;

        Empty(name, "violations", "undecided", "broken");
        Assert.InRange(seen.GetProperty("contrasts").GetInt32(), 3, 1_000);
        Assert.Equal(0, seen.GetProperty("scripts").GetInt32());
        Assert.InRange(scroll.GetInt32(), 1, int.Parse(name.Split('-')[1], CultureInfo.InvariantCulture));
        Assert.True(seen.GetProperty("contrast").GetProperty("ratio").GetDouble() >= AaContrast, Text("contrast"));
    }

    void Empty(string view, params string[] names)
    {
        foreach (var name in names) Assert.True(Text(name) == "[]", $"{view}, {name}: {Text(name)}");
    }

    /// <summary>Debian's, or whichever the machine has.</summary>
    static string Program() =>
        Browsers
            .SelectMany(name => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
                .Select(folder => Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException("A browser is needed: apt-get install chromium");
}
