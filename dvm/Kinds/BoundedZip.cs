using System.IO.Compression;

namespace PoA.Nostr.Dvm.Kinds;

/// <summary>A stranger's ZIP archive in memory: bounded members, and bounded bytes out of it.</summary>
sealed class BoundedZip : IDisposable
{
    public const int InflatedMax = 16 * 1024 * 1024;
    const int MembersMax = 2_000;

    readonly ZipArchive _archive;
    readonly Dictionary<string, ZipArchiveEntry> _members;
    readonly CancellationToken _ct;
    long _inflated;

    /// <exception cref="InvalidDataException">It is no archive, or has too many members.</exception>
    public BoundedZip(byte[] bytes, CancellationToken ct)
    {
        _ct = ct;
        _archive = new(new MemoryStream(bytes, writable: false), ZipArchiveMode.Read);
        if (_archive.Entries.Count > MembersMax) throw new InvalidDataException("Too many members.");
        _members = _archive.Entries.DistinctBy(entry => entry.FullName).ToDictionary(entry => entry.FullName);
    }

    public IEnumerable<string> Names => _members.Keys;

    public bool Has(string name) => _members.ContainsKey(name);

    /// <exception cref="InvalidDataException">It is not there, broken, or more than is left to inflate.</exception>
    public byte[] Read(string name)
    {
        if (!_members.TryGetValue(name, out var member)) throw new InvalidDataException($"{name} is missing.");

        using var inflating = member.Open();
        using var whole = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (inflating.Read(buffer) is > 0 and var read)
        {
            _ct.ThrowIfCancellationRequested();
            _inflated += read;
            if (_inflated > InflatedMax) throw new ProblemException(KindsProblems.InputTooLarge);
            whole.Write(buffer, 0, read);
        }

        return whole.ToArray();
    }

    public void Dispose() => _archive.Dispose();
}
