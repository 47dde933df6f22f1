using System.Text.Json;
using System.Text.Json.Serialization;

namespace PoA.Nostr.Server;

/// <summary>
/// One data folder and what runs on it: <c>run/</c> has the pids and the status, <c>log/</c> the logs, <c>pg/</c> the
/// database, <c>secrets.env</c> the secrets, <c>instance.json</c> what is remembered between starts.
/// </summary>
public sealed partial class Instance
{
    Instance(string data, Remembered remembered)
    {
        Data = data;
        Ports = new(remembered.PortBase);
        Network = remembered.Network;
        Devnet = new(this, "devnet");
        Server = new(this, "server");
    }

    public string Data { get; }
    public Ports Ports { get; }
    public string Network { get; }
    public string Run => Path.Combine(Data, "run");
    public string Log => Path.Combine(Data, "log");

    /// <summary>The process of <c>server --role devnet</c>.</summary>
    public RoleProcess Devnet { get; }

    /// <summary>The process of <c>server --role all</c>.</summary>
    public RoleProcess Server { get; }

    public bool IsDevnet => Network == Networks.Devnet;

    /// <summary>The one that was started on this folder, or null.</summary>
    public static Instance? Find(string data)
    {
        if (!File.Exists(FileIn(data))) return null;

        var known = JsonSerializer.Deserialize(File.ReadAllText(FileIn(data)), Json.Default.Remembered);
        return known is null ? null : new(Path.GetFullPath(data), known);
    }

    /// <summary>Finds or makes it. Its ports stay the same unless somebody else took one while it was down.</summary>
    public static Instance Open(string data, int? portBase, string? network)
    {
        if (network is not (null or Networks.Devnet or Networks.Mainnet))
        {
            throw new ProblemException(ServerProblems.NetworkUnknown with { Detail = $"It was \"{network}\"." });
        }

        var known = Find(data);
        if (known is not null && (known.Devnet.Pid ?? known.Server.Pid) is not null) return known;

        var ports = Ports.FreeFrom(portBase ?? known?.Ports.Base ?? Ports.DefaultBase);
        var remembered = new Remembered(ports.Base, network ?? known?.Network ?? Networks.Devnet);
        Directory.CreateDirectory(Path.Combine(data, "run"));
        Directory.CreateDirectory(Path.Combine(data, "log"));
        File.WriteAllText(FileIn(data), JsonSerializer.Serialize(remembered, Json.Default.Remembered));
        return new(Path.GetFullPath(data), remembered);
    }

    static string FileIn(string data) => Path.Combine(data, "instance.json");

    internal sealed record Remembered(int PortBase, string Network);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
    [JsonSerializable(typeof(Remembered))]
    sealed partial class Json : JsonSerializerContext;
}
