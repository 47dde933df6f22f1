using System.Diagnostics;
using System.Text;

namespace PoA.Nostr.Dvm.Kinds;

/// <summary>How a page is read: in the order of its columns, or as the file has the words.</summary>
enum PdfReading
{
    Flowing,
    Raw,
}

/// <summary>
/// Poppler's <c>pdftotext</c> in a process of its own, over pipes: it gets little memory, little time and no rights,
/// for what it reads is a stranger's.
/// </summary>
static class PdfToText
{
    const int MemoryBytesMax = 1024 * 1024 * 1024;
    const int CpuSecondsMax = 20;
    static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(25);

    static readonly string[] Folders = ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"];

    /// <exception cref="ProblemException">It cannot be read, or not here.</exception>
    public static async Task<string> ReadAsync(byte[] pdf, PdfReading reading, CancellationToken ct)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(ct);
        late.CancelAfter(TimeMax);
        using var process = Start(reading);
        try
        {
            var writing = WriteAsync(process, pdf, late.Token);
            var text = await ReadAsync(process.StandardOutput.BaseStream, late.Token);
            await writing;
            await process.WaitForExitAsync(late.Token);
            return process.ExitCode == 0 ? text : throw new ProblemException(KindsProblems.DocumentBroken);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new ProblemException(KindsProblems.InputTooLarge with { Detail = "It takes too long to read." });
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    static Process Start(PdfReading reading)
    {
        var tool = Find("pdftotext") ?? throw new ProblemException(KindsProblems.PdfUnreadable);
        List<string> command = [tool, "-q", "-enc", "UTF-8", "-eol", "unix"];
        if (reading == PdfReading.Raw) command.Add("-raw");
        command.AddRange(["-", "-"]);
        if (Find("prlimit") is { } prlimit)
        {
            command.InsertRange(
                0, [prlimit, $"--as={MemoryBytesMax}", $"--cpu={CpuSecondsMax}", "--fsize=0", "--nproc=64", "--"]);
        }

        if (Environment.IsPrivilegedProcess && Find("setpriv") is { } setpriv)
        {
            command.InsertRange(
                0, [setpriv, "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs", "--"]);
        }

        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        var process = Process.Start(start)!;
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        return process;
    }

    static async Task WriteAsync(Process process, byte[] pdf, CancellationToken ct)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(pdf, ct);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It gave up before the end: its exit code says so.
        }
    }

    static async Task<string> ReadAsync(Stream output, CancellationToken ct)
    {
        using var whole = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (await output.ReadAsync(buffer, ct) is > 0 and var read)
        {
            if (whole.Length + read > DocumentText.TextCharsMax)
            {
                throw new ProblemException(KindsProblems.InputTooLarge);
            }

            whole.Write(buffer, 0, read);
        }

        return Encoding.UTF8.GetString(whole.GetBuffer(), 0, (int)whole.Length);
    }

    static string? Find(string name) =>
        Folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
