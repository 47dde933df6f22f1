using System.IO.Compression;
using System.Text;

namespace PoA.Nostr.Dvm.Kinds;

/// <summary>
/// Looks through one file and the archives in it, by signatures and by what documents should not do by themselves.
/// Nothing is executed or written. Sizes, members and depth are bounded; an archive that outgrows them is a finding.
/// </summary>
sealed class FileScan
{
    public const int FileBytesMax = 16 * 1024 * 1024;
    const int InflatedMax = 48 * 1024 * 1024;
    const int MembersMax = 500;
    const int DepthMax = 4;
    const int StreamsMax = 100;

    readonly List<Finding> _findings = [];
    readonly CancellationToken _ct;
    long _inflated;
    long _bytes;
    int _files;

    FileScan(CancellationToken ct) => _ct = ct;

    public static ScanReport Run(string name, ReadOnlyMemory<byte> file, CancellationToken ct)
    {
        var scan = new FileScan(ct);
        scan.Look(name, file, 0);
        return new(name, [.. scan._findings.Distinct()], scan._files, scan._bytes);
    }

    void Look(string place, ReadOnlyMemory<byte> file, int depth)
    {
        _ct.ThrowIfCancellationRequested();
        _files++;
        _bytes += file.Length;
        foreach (var name in MalwareSignatures.Find(file)) Found(place, name);
        if (depth > DepthMax)
        {
            Found(place, "Heuristics.Limits.Exceeded.Depth");
            return;
        }

        var head = file.Span;
        if (head.StartsWith("PK\x03\x04"u8) || head.StartsWith("PK\x05\x06"u8)) LookIntoZip(place, file, depth);
        else if (head.StartsWith(GzipMagic)) LookIntoStream(place, file, depth);
        else if (head.StartsWith(OleMagic)) LookIntoOle(place, file);
        else if (head[..Math.Min(head.Length, 1024)].IndexOf("%PDF-"u8) >= 0) LookIntoPdf(place, file, depth);
    }

    void LookIntoZip(string place, ReadOnlyMemory<byte> file, int depth)
    {
        try
        {
            using var zip = new ZipArchive(new MemoryStream(file.ToArray(), writable: false), ZipArchiveMode.Read);
            if (zip.Entries.Count > MembersMax) Found(place, "Heuristics.Limits.Exceeded.Members");
            foreach (var entry in zip.Entries.Take(MembersMax))
            {
                if (_inflated >= InflatedMax) return;

                LookAtName(place, entry.FullName);
                if (entry.IsEncrypted || entry.FullName.EndsWith('/')) continue;

                using var inflating = entry.Open();
                Member($"{place}!{ScanReport.Shown(entry.FullName)}", inflating, depth);
            }
        }
        catch (Exception e) when (e is IOException or InvalidDataException or NotSupportedException)
        {
            Found(place, "Heuristics.Broken.Archive");
        }
    }

    void LookIntoStream(string place, ReadOnlyMemory<byte> file, int depth)
    {
        try
        {
            using var inflating = new GZipStream(new MemoryStream(file.ToArray(), false), CompressionMode.Decompress);
            Member($"{place}!gzip", inflating, depth);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            Found(place, "Heuristics.Broken.Archive");
        }
    }

    /// <summary>Inflates no more than is left to inflate in the whole scan, then looks at that.</summary>
    void Member(string place, Stream inflating, int depth)
    {
        if (Inflate(inflating) is { } whole) Look(place, whole, depth + 1);
        else Found(place, "Heuristics.Limits.Exceeded.Size");
    }

    byte[]? Inflate(Stream inflating)
    {
        using var whole = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (inflating.Read(buffer) is > 0 and var read)
        {
            _ct.ThrowIfCancellationRequested();
            _inflated += read;
            if (_inflated > InflatedMax || whole.Length + read > FileBytesMax) return null;
            whole.Write(buffer, 0, read);
        }

        return whole.ToArray();
    }

    void LookAtName(string place, string name)
    {
        if (name.Split('/', '\\').Contains("..")) Found(place, "Heuristics.Zip.PathTraversal");

        var parts = name.ToLowerInvariant().Split('.');
        if (parts.Length > 2 && Documents.Contains(parts[^2].Trim()) && Programs.Contains(parts[^1]))
        {
            Found($"{place}!{ScanReport.Shown(name)}", "Heuristics.DoubleExtension");
        }
    }

    /// <summary>A macro that runs on opening ([MS-OVBA]); names stay readable beside the packed source.</summary>
    void LookIntoOle(string place, ReadOnlyMemory<byte> file)
    {
        var narrow = Encoding.Latin1.GetString(file.Span);
        var wide = Encoding.Unicode.GetString(file.Span);
        if (!narrow.Contains("_VBA_PROJECT", StringComparison.Ordinal)
            && !wide.Contains("_VBA_PROJECT", StringComparison.Ordinal))
        {
            return;
        }

        if (AutoRun.Any(word => narrow.Contains(word, StringComparison.OrdinalIgnoreCase)))
        {
            Found(place, "Heuristics.OLE2.AutoRunMacro");
        }
    }

    /// <summary>Scripts and programs that start on opening (ISO 32000-1 §12.6); names unescaped first.</summary>
    void LookIntoPdf(string place, ReadOnlyMemory<byte> file, int depth)
    {
        var text = PdfText.Unescaped(Encoding.Latin1.GetString(file.Span));
        var opens = PdfText.HasName(text, "OpenAction") || PdfText.HasName(text, "AA");
        if (PdfText.HasName(text, "Launch")) Found(place, "Heuristics.PDF.Launch");
        if (opens && (PdfText.HasName(text, "JavaScript") || PdfText.HasName(text, "JS")))
        {
            Found(place, "Heuristics.PDF.ScriptOnOpen");
        }

        var at = 0;
        foreach (var (from, to) in PdfText.Streams(file).Take(StreamsMax))
        {
            try
            {
                using var inflating = new ZLibStream(
                    new MemoryStream(file[from..to].ToArray(), false), CompressionMode.Decompress);
                if (Inflate(inflating) is { Length: > 0 } whole) Look($"{place}!stream{at}", whole, depth + 1);
            }
            catch (InvalidDataException)
            {
                // Not every stream of a PDF is deflated.
            }

            at++;
        }
    }

    void Found(string place, string signature) => _findings.Add(new(place, signature));

    static ReadOnlySpan<byte> GzipMagic => [0x1f, 0x8b];

    static ReadOnlySpan<byte> OleMagic => [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

    static readonly HashSet<string> Documents = ["pdf", "doc", "docx", "xls", "xlsx", "txt", "jpg", "png", "mp4"];
    static readonly HashSet<string> Programs = ["exe", "scr", "bat", "cmd", "com", "js", "vbs", "lnk", "ps1", "hta"];

    static readonly string[] AutoRun =
        ["AutoOpen", "AutoExec", "Auto_Open", "Document_Open", "DocumentOpen", "Workbook_Open", "AutoClose"];
}
