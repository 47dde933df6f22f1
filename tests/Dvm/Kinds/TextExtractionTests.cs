using PoA.Nostr.Dvm.Kinds;
using static PoA.Nostr.Tests.Dvm.Kinds.MadeDocuments;

namespace PoA.Nostr.Tests.Dvm.Kinds;

/// <summary>Documents as other programs write them, each with the text that a reader of it sees.</summary>
public class TextExtractionTests
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_web_page_is_what_a_reader_sees_of_it()
    {
        var text = await ReadAsync(Bytes("""
            <!doctype html><html><head><title>Bread &amp; salt</title><script>if (1<2) alert("<p>no</p>")</script>
            <style>p { color: red }</style></head><body>
            <h1>Sourdough</h1><p>Flour,   water<br>and <b>salt</b>.&nbsp;That is <i>all</i>.</p>
            <!-- not <p>this</p> --><ul><li>Feed it</li><li>Wait</li></ul>
            <pre>two  blanks</pre><table><tr><td>a</td><td>b</td></tr></table><p title="a > b">Caf&eacute; &#x1F35E;
            </body></html>
            """));

        Assert.Equal("html", text.Format);
        Assert.Equal(
            """
            Bread & salt

            Sourdough

            Flour, water
            and salt. That is all.

            - Feed it
            - Wait

            two  blanks

            a	b

            Café 🍞
            """,
            text.Text);
    }

    [Theory]
    [InlineData("<p>1 < 2 and 3 > 2</p></p>", "1 < 2 and 3 > 2")]
    [InlineData("<p>open<p>again<scr", "open\n\nagain")]
    [InlineData("<div><script>never closed </div>", "")]
    [InlineData("<a href='x>y'>link</a> text</a>", "link text")]
    public void Broken_markup_is_read_as_far_as_it_goes(string html, string expected) =>
        Assert.Equal(expected, HtmlText.Of(html, Ct).Trim());

    [Fact]
    public async Task A_pdf_is_read_by_its_page()
    {
        var text = await ReadAsync(
            Pdf("BT /F1 12 Tf 72 700 Td (Hello from page one.) Tj 0 -20 Td (Second line.) Tj ET"));

        Assert.Equal(("pdf", "Hello from page one.\nSecond line."), (text.Format, text.Text));
        var broken = await Assert.ThrowsAsync<ProblemException>(() => ReadAsync(Bytes("%PDF-1.7\nnothing")));
        Assert.Equal(KindsProblems.DocumentBroken.Code, broken.Problem.Code);
    }

    [Fact]
    public async Task Word_processor_files_are_read_paragraph_by_paragraph()
    {
        const string W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
        var docx = await ReadAsync(Zip(("word/document.xml", $"""
            <w:document xmlns:w="{W}"><w:body>
            <w:p><w:r><w:t xml:space="preserve">One </w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>bold</w:t></w:r></w:p>
            <w:p><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c &amp; d</w:t></w:r></w:p></w:body></w:document>
            """)));
        Assert.Equal(("docx", "One bold\n\na\tb\nc & d"), (docx.Format, docx.Text));

        var odt = await ReadAsync(Zip(("mimetype", "application/vnd.oasis.opendocument.text"), ("content.xml", """
            <office:document-content xmlns:office="o" xmlns:text="t"><office:body><office:text
            ><text:h>Head</text:h><text:p>two<text:s text:c="2"/>blanks<text:line-break/>next <text:span
            >span</text:span></text:p></office:text></office:body></office:document-content>
            """)));
        Assert.Equal(("odt", "Head\n\ntwo  blanks\nnext span"), (odt.Format, odt.Text));
    }

    [Fact]
    public async Task A_book_is_read_in_the_order_of_its_spine()
    {
        var book = await ReadAsync(Zip(
            ("META-INF/container.xml",
                """<container><rootfiles><rootfile full-path="OPS/p.opf"/></rootfiles></container>"""),
            ("OPS/p.opf", """
                <package><manifest><item id="b" href="two.xhtml"/><item id="a" href="one%20.xhtml"/></manifest>
                <spine><itemref idref="a"/><itemref idref="b"/><itemref idref="lost"/></spine></package>
                """),
            ("OPS/one .xhtml", "<html><body><h1>One</h1></body></html>"),
            ("OPS/two.xhtml", "<html><body><p>Two</p></body></html>")));
        Assert.Equal(("epub", "One\n\nTwo"), (book.Format, book.Text));
    }

    [Fact]
    public async Task Subtitles_come_with_their_times()
    {
        var srt = await ReadAsync(Bytes(
            "1\r\n00:00:01,000 --> 00:00:02,500\r\n<i>Hello</i>\r\nthere\r\n\r\n"
            + "2\r\n01:00:00,000 --> 01:00:01,000\r\nBye\r\n"));
        Assert.Equal(("subtitles", "Hello there\nBye"), (srt.Format, srt.Text));
        Assert.Equal(
            [
                new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2.5), "Hello there"),
                new(TimeSpan.FromHours(1), TimeSpan.FromSeconds(3_601), "Bye"),
            ],
            srt.Segments);

        var vtt = await ReadAsync(Bytes(
            "WEBVTT\n\nNOTE a note\n\n00:01.000 --> 00:02.000 align:start\n<v Ann>Tea &amp; cake?\n"));
        Assert.Equal([new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), "Tea & cake?")], vtt.Segments);
    }

    [Fact]
    public async Task Archives_cannot_bring_more_than_we_can_bear()
    {
        var bomb = Zip(("word/document.xml", $"<w>{new string('a', BoundedZip.InflatedMax + 1)}</w>"));
        Assert.Equal(KindsProblems.InputTooLarge.Code, await CodeAsync(bomb));
        var entity = Zip(("word/document.xml", "<!DOCTYPE x [<!ENTITY a \"b\">]><w>&a;</w>"));
        Assert.Equal(KindsProblems.DocumentBroken.Code, await CodeAsync(entity));
        Assert.Equal(KindsProblems.FormatUnknown.Code, await CodeAsync([1, 2, 0, 3]));
        Assert.Equal(KindsProblems.FormatUnknown.Code, await CodeAsync(Zip(("readme", "x"))));
        Assert.Equal(KindsProblems.DocumentBroken.Code, await CodeAsync([.. "PK\x03\x04 broken"u8]));
    }
}
