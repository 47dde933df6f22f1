namespace PoA.Nostr.Server;

/// <summary>
/// The secrets of an instance: <c>DATA/secrets.env</c> on a devnet, made at first start; the environment or a file of
/// that name on mainnet. Those of a devnet say so in their value, so that they are known wherever they are copied.
/// </summary>
public static class Secrets
{
    const string DevnetMark = "devnet:";

    /// <summary>Configuration keys, each of 64 hex digits.</summary>
    static readonly string[] Keys = ["Market:MasterKey", "Server:OperatorKey", "Cashu:Seed", PlatformKey];

    /// <summary>What the platform itself signs with: receipts, and signing in at relays (NIP-42).</summary>
    public const string PlatformKey = "Server:PlatformKey";

    public static string FileIn(string data) => Path.Combine(data, "secrets.env");

    /// <summary>Makes what is missing. Returns the operator's key when it was made just now: shown once.</summary>
    public static SecretKey? Ensure(Instance instance)
    {
        if (!instance.IsDevnet) return null;

        var file = FileIn(instance.Data);
        var known = Read(file);
        var missing = Keys.Where(key => !known.ContainsKey(key)).ToList();
        if (missing.Count == 0) return null;

        foreach (var key in missing) known[key] = DevnetMark + Generate();
        var lines = known.Select(secret => $"{secret.Key.Replace(":", "__", StringComparison.Ordinal)}={secret.Value}");
        var fresh = file + ".new";
        File.Delete(fresh);
        using (var writer = new StreamWriter(fresh, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            writer.WriteLine("# Made for a devnet: these never serve mainnet.");
            foreach (var line in lines) writer.WriteLine(line);
        }

        File.Move(fresh, file, overwrite: true);
        return missing.Contains("Server:OperatorKey")
            ? SecretKey.FromHex(known["Server:OperatorKey"][DevnetMark.Length..])
            : null;
    }

    /// <summary>
    /// Puts the secrets into the configuration; the environment goes before the file. Throws a problem when mainnet
    /// lacks one, or is given one of a devnet.
    /// </summary>
    public static void Load(IConfigurationManager configuration, ServerOptions options)
    {
        var file = Read(FileIn(options.Data));
        foreach (var key in Keys)
        {
            var value = configuration[key] ?? file.GetValueOrDefault(key);
            if (Refuse(options.Network, key, value) is { } problem) throw new ProblemException(problem);
            if (value is not null) configuration[key] = Plain(value);
        }

        if (configuration["Server:OperatorKey"] is not { } secret) return;
        using var operatorKey = SecretKey.FromHex(secret);
        configuration["Market:Operator"] = operatorKey.Pubkey;
    }

    internal static Problem? Refuse(string network, string key, string? value) =>
        network != Networks.Mainnet ? null :
        value is null ? ServerProblems.SecretMissing with { Detail = $"{Variable(key)} is not set." } :
        value.StartsWith(DevnetMark, StringComparison.Ordinal)
            ? ServerProblems.DevnetSecret with { Detail = $"{Variable(key)} is one." }
            : null;

    static string Variable(string key) => key.Replace(":", "__", StringComparison.Ordinal);

    static string Plain(string value) =>
        value.StartsWith(DevnetMark, StringComparison.Ordinal) ? value[DevnetMark.Length..] : value;

    static Dictionary<string, string> Read(string file) => !File.Exists(file) ? [] : File.ReadLines(file)
        .Where(line => !line.StartsWith('#') && line.Contains('=', StringComparison.Ordinal))
        .Select(line => line.Split('=', 2))
        .ToDictionary(
            pair => pair[0].Trim().Replace("__", ":", StringComparison.Ordinal), pair => pair[1].Trim());

    /// <summary>32 random bytes that are a valid secret key too, whatever they are used for.</summary>
    static string Generate()
    {
        using var key = SecretKey.Generate();
        return Convert.ToHexStringLower(key.Reveal());
    }
}
