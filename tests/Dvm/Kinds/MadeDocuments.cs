using System.IO.Compression;
using System.Text;
using PoA.Nostr.Dvm.Kinds;
using PoA.Nostr.Fetch;

namespace PoA.Nostr.Tests.Dvm.Kinds;

/// <summary>Files of a test's own making, and what the kinds that read documents make of them.</summary>
static class MadeDocuments
{
    public static Task<ExtractedText> ReadAsync(byte[] bytes) =>
        DocumentText.ReadAsync(Fetched(bytes), TestContext.Current.CancellationToken);

    /// <summary>With which code it is refused.</summary>
    public static async Task<string> CodeAsync(byte[] bytes) =>
        (await Assert.ThrowsAsync<ProblemException>(() => ReadAsync(bytes))).Problem.Code;

    public static FetchedDocument Fetched(byte[] bytes) => new(bytes, null, "", new("about:test"));

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public static byte[] Zip(params (string Name, string Text)[] members)
    {
        using var whole = new MemoryStream();
        using (var archive = new ZipArchive(whole, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in members)
            {
                using var entry = archive.CreateEntry(name).Open();
                entry.Write(Bytes(text));
            }
        }

        return whole.ToArray();
    }

    /// <summary>So many pages that all have the same content (ISO 32000-1, annex H.3).</summary>
    public static byte[] Pdf(string content, int pages = 1, string filter = "")
    {
        List<string> objects =
        [
            "<< /Type /Catalog /Pages 2 0 R >>",
            $"<< /Type /Pages /Kids [{string.Join(' ', Enumerable.Range(5, pages).Select(n => $"{n} 0 R"))}] "
                + $"/Count {pages} >>",
            $"<< {filter}/Length {content.Length} >>\nstream\n{content}\nendstream",
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            .. Enumerable.Repeat(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 3 0 R "
                + "/Resources << /Font << /F1 4 0 R >> >> >>", pages),
        ];
        var file = new StringBuilder("%PDF-1.4\n");
        var offsets = new List<int>();
        foreach (var (i, one) in objects.Index())
        {
            offsets.Add(file.Length);
            file.Append($"{i + 1} 0 obj\n{one}\nendobj\n");
        }

        var table = file.Length;
        file.Append($"xref\n0 {objects.Count + 1}\n0000000000 65535 f \n");
        foreach (var offset in offsets) file.Append($"{offset:0000000000} 00000 n \n");
        file.Append($"trailer << /Size {objects.Count + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n");
        return Encoding.Latin1.GetBytes(file.ToString());
    }
}
