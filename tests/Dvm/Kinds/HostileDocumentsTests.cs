using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using PoA.Nostr.Dvm.Kinds;
using static PoA.Nostr.Tests.Dvm.Kinds.MadeDocuments;

namespace PoA.Nostr.Tests.Dvm.Kinds;

/// <summary>Documents made to hurt whoever reads them: each ends soon, with its text or with a code.</summary>
public class HostileDocumentsTests
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_few_bytes_that_stand_for_gigabytes_are_cut()
    {
        // Each of these inflates as far as the archive may, and asks for a thousand blanks every thirteen bytes.
        var blanks = string.Concat(Enumerable.Repeat("<s c=\"1000\"/>", 1_200_000));
        var odt = Zip(("content.xml", $"<a><b><c><p>{blanks}</p></c></b></a>"));
        Assert.InRange(odt.Length, 1, 200_000);
        Assert.Equal(KindsProblems.InputTooLarge.Code, await CodeAsync(odt));

        // One chapter, a thousand times over.
        var book = Zip(
            ("META-INF/container.xml", """<container><rootfile full-path="p.opf"/></container>"""),
            ("p.opf", "<package><item id=\"a\" href=\"a.html\"/>"
                + string.Concat(Enumerable.Repeat("<itemref idref=\"a\"/>", 5_000)) + "</package>"),
            ("a.html", $"<p>{new string('a', 1024 * 1024)}</p>"));
        Assert.Equal(KindsProblems.InputTooLarge.Code, await CodeAsync(book));
        var members = Zip([.. Enumerable.Range(0, 2_100).Select(i => ($"m{i}", "x")), ("word/document.xml", "<w/>")]);
        Assert.Equal(KindsProblems.DocumentBroken.Code, await CodeAsync(members));
    }

    [Theory]
    [InlineData("<!DOCTYPE w [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><w>&x;</w>")]
    [InlineData("<!DOCTYPE w SYSTEM \"http://127.0.0.1:1/evil.dtd\"><w/>")]
    [InlineData("<!DOCTYPE w [<!ENTITY a \"aa\"><!ENTITY b \"&a;&a;\">]><w>&b;</w>")]
    [InlineData("<w><w:t>not closed")]
    [InlineData("<w>\u0001</w>")]
    [InlineData("")]
    public async Task Markup_may_define_and_fetch_nothing_and_must_be_whole(string xml)
    {
        Assert.Equal(KindsProblems.DocumentBroken.Code, await CodeAsync(Zip(("word/document.xml", xml))));
        Assert.Equal(KindsProblems.DocumentBroken.Code, await CodeAsync(Zip(("content.xml", xml))));
    }

    [Fact]
    public async Task Markup_a_hundred_thousand_levels_deep_is_read()
    {
        const int Depth = 100_000;
        var open = string.Concat(Enumerable.Repeat("<w>", Depth));
        var close = string.Concat(Enumerable.Repeat("</w>", Depth));
        Assert.Equal("deep", (await ReadAsync(Zip(("word/document.xml", $"{open}<t>deep</t>{close}")))).Text);
        var divs = string.Concat(Enumerable.Repeat("<div>", Depth));
        Assert.Equal("deep", (await ReadAsync(Bytes($"<html><body>{divs}deep</body></html>"))).Text);
    }

    /// <summary>What looks for the end of each would look through the rest of the page a million times.</summary>
    [Theory]
    [InlineData("<")]
    [InlineData("<a \"")]
    [InlineData("<!--")]
    [InlineData("<script>")]
    [InlineData("</")]
    [InlineData("&#")]
    [InlineData("<pre>")]
    public async Task What_opens_a_million_times_and_never_closes_is_read_and_checked(string open)
    {
        var page = Bytes("<html><p>here</p></html>" + string.Concat(Enumerable.Repeat(open, 4_000_000 / open.Length)));
        var text = await ReadAsync(page);
        var words = await DocumentWords.OfAsync(Fetched(page), text.Format, Ct);
        Assert.StartsWith("here", text.Text, StringComparison.Ordinal);
        Assert.All(DocumentWords.In(text.Text).Take(10), word => Assert.Contains(word, words));
    }

    [Fact]
    public async Task Subtitles_without_end_are_cut_and_scripts_are_not_read()
    {
        var cue = "00:00:01,000 --> 00:00:02,000\na\n\n";
        var many = await ReadAsync(Bytes("1\n" + string.Concat(Enumerable.Repeat(cue, 30_000))));
        Assert.Equal(20_000, many.Segments.Count);
        var odd = await ReadAsync(Bytes(
            "WEBVTT\n\n99:99:99.999 --> 00:00:01.000\nno\n\n00:00:05.000 --> 00:00:01.000\n<c.x onload=1>yes</c>\n"));
        Assert.Equal("yes", Assert.Single(odd.Segments).Text);
        var page = await ReadAsync(Bytes(
            "<html><script>alert('a')</SCRIPT ><body onload=\"evil()\"><p>b</p><iframe src=x>c</iframe>"
            + "<template>d</template><svg><text>e</text></svg><a href=\"javascript:f()\">g</a></body></html>"));
        Assert.Equal("b\n\ng", page.Text);
    }

    [Fact]
    public async Task A_pdf_of_thousands_of_pages_is_read_or_cut_by_its_text()
    {
        var small = await ReadAsync(Pdf("BT /F1 12 Tf 72 700 Td (page) Tj ET", pages: 3_000));
        Assert.Equal(3_000, small.Text.Split("page").Length - 1);
        var words = string.Concat(Enumerable.Repeat("0 -1 Td (words and words) Tj ", 600));
        var line = $"BT /F1 1 Tf 10 700 Td {words}ET";
        Assert.Equal(KindsProblems.InputTooLarge.Code, await CodeAsync(Pdf(line, pages: 3_000)));
    }

    [Fact]
    public async Task A_pdf_that_is_broken_or_in_a_circle_is_a_coded_failure()
    {
        var good = Pdf("BT /F1 12 Tf 72 700 Td (x) Tj ET");
        byte[][] bad =
        [
            Bytes("%PDF-1.7\n"), good[..(good.Length / 3)],
            Bytes("%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
                + "2 0 obj\n<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>\nendobj\ntrailer << /Root 1 0 R >>\n"),
            [.. "%PDF-1.4\n"u8, .. new byte[1_000_000]],
        ];
        foreach (var pdf in bad)
        {
            var said = await Record.ExceptionAsync(async () => Assert.Empty((await ReadAsync(pdf)).Text));
            if (said is not null) Assert.Equal(
                KindsProblems.DocumentBroken.Code, Assert.IsType<ProblemException>(said).Problem.Code);
        }
    }

    /// <summary>A stream of gigabytes in a small file: it is killed by its limits, and nothing of it is left.</summary>
    [Fact(Explicit = true)]
    public async Task A_pdf_that_takes_for_ever_is_killed()
    {
        var line = Bytes(string.Concat(Enumerable.Repeat("q 1 0 0 1 0 0 cm Q ", 60_000)));
        using var packed = new MemoryStream();
        using (var deflating = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            for (var i = 0; i < 2_000; i++) deflating.Write(line);
        }

        var bomb = Pdf(Encoding.Latin1.GetString(packed.ToArray()), filter: "/Filter /FlateDecode ");
        Assert.InRange(bomb.Length, 1, DocumentText.FileBytesMax);
        var watch = Stopwatch.StartNew();
        var code = await CodeAsync(bomb);
        Assert.True(code == KindsProblems.DocumentBroken.Code || code == KindsProblems.InputTooLarge.Code, code);
        Console.WriteLine($"{bomb.Length} bytes of PDF ended after {watch.Elapsed.TotalSeconds:0.0} s: {code}");
        Assert.DoesNotContain(Process.GetProcesses(), process => process.ProcessName == "pdftotext");
    }
}
