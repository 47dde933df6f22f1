using System.Net;
using System.Net.Sockets;

namespace PoA.Nostr.Server;

/// <summary>The block of ports of one instance, all on loopback.</summary>
public readonly record struct Ports(int Base)
{
    public const int DefaultBase = 7777;

    /// <summary>From one block to the next.</summary>
    const int Block = 20;
    const int Used = 11;

    public int Relay => Base;
    public int Api => Base + 1;
    public int Gateway => Base + 2;
    public int Blossom => Base + 3;
    public int DevnetBlossom => Base + 4;
    public int DevnetBlossomTwo => Base + 5;
    public int Mint => Base + 6;
    public int Lnd => Base + 7;
    public int Phoenixd => Base + 8;
    public int Faucet => Base + 9;
    public int Metrics => Base + 10;

    /// <summary>The Blossom servers of a devnet, our own first.</summary>
    public IEnumerable<string> Blossoms =>
        new[] { Blossom, DevnetBlossom, DevnetBlossomTwo }.Select(port => $"http://127.0.0.1:{port}");

    /// <summary>What anybody may name in a job: the devnet's public parts, never a wallet's or our own doors.</summary>
    public IEnumerable<string> DevnetEndpoints
    {
        get
        {
            int[] open = [Relay, Blossom, DevnetBlossom, DevnetBlossomTwo, Mint];
            return open.SelectMany(port => new[] { $"127.0.0.1:{port}", $"localhost:{port}" });
        }
    }

    /// <summary>This block, or the next of which every port is free.</summary>
    public static Ports FreeFrom(int first)
    {
        for (var start = first; start + Block <= ushort.MaxValue; start += Block)
        {
            if (Enumerable.Range(start, Used).All(IsFree)) return new(start);
        }

        throw new ProblemException(ServerProblems.DoesNotStart with { Detail = $"No free ports from {first} on." });
    }

    static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
