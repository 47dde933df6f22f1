using System.Text.Encodings.Web;
using System.Text.Json;
using PoA.Nostr.Zk.Groth16;

namespace PoA.Nostr.Zk.Files;

/// <summary>
/// The three JSON files of snarkjs: proof.json, public.json and verification_key.json. Reading is strict: numbers are
/// canonical decimal strings below their prime, points are affine with z = "1", members are known and stand there once.
/// Whether a point is on its curve is the verifier's question.
/// </summary>
public static class SnarkJson
{
    const string Protocol = "groth16";
    const string Curve = "bn128";

    /// <summary>Marks a key whose secrets somebody may know. Absent in every other key.</summary>
    public const string Development = "INSECURE development key";

    static readonly JsonWriterOptions Indented =
        new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Write(in Proof proof)
    {
        var (a, b, c) = (proof.A, proof.B, proof.C);
        return Write(writer =>
        {
            writer.WriteStartObject();
            WritePoint(writer, "pi_a", a);
            WritePoint(writer, "pi_b", b);
            WritePoint(writer, "pi_c", c);
            writer.WriteString("protocol", Protocol);
            writer.WriteString("curve", Curve);
            writer.WriteEndObject();
        });
    }

    /// <exception cref="ZkFileException">Not a proof of this protocol over this curve.</exception>
    public static Proof ReadProof(ReadOnlyMemory<byte> json)
    {
        var file = new SnarkJsonReader(json, "proof");
        file.RequireOnly("pi_a", "pi_b", "pi_c", "protocol", "curve");
        file.RequireLabel("protocol", Protocol, required: true);
        file.RequireLabel("curve", Curve, required: false);
        return new(file.G1("pi_a"), file.G2("pi_b"), file.G1("pi_c"));
    }

    public static byte[] WriteSignals(ReadOnlySpan<Fr> signals)
    {
        var numbers = signals.ToArray();
        return Write(writer =>
        {
            writer.WriteStartArray();
            foreach (var number in numbers)
            {
                writer.WriteStringValue(number.ToString());
            }

            writer.WriteEndArray();
        });
    }

    /// <exception cref="ZkFileException">Not an array of canonical numbers below r.</exception>
    public static Fr[] ReadSignals(ReadOnlyMemory<byte> json) => new SnarkJsonReader(json, "public signals").Scalars();

    public static byte[] Write(VerifyingKey key, bool development)
    {
        var points = key.Points;
        return Write(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("protocol", Protocol);
            writer.WriteString("curve", Curve);
            if (development) writer.WriteString("origin", Development);
            writer.WriteNumber("nPublic", key.PublicCount);
            WritePoint(writer, "vk_alpha_1", points.Alpha);
            WritePoint(writer, "vk_beta_2", points.Beta);
            WritePoint(writer, "vk_gamma_2", points.Gamma);
            WritePoint(writer, "vk_delta_2", points.Delta);
            writer.WritePropertyName("vk_alphabeta_12");
            WriteTarget(writer, key.AlphaBeta);
            writer.WriteStartArray("IC");
            foreach (var point in points.Ic)
            {
                WritePoint(writer, null, point);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }

    /// <exception cref="ZkFileException">Not a key, a weak key, or one whose vk_alphabeta_12 is not e(α,
    /// β).</exception>
    public static SnarkKey ReadKey(ReadOnlyMemory<byte> json)
    {
        var file = new SnarkJsonReader(json, "verification key");
        file.RequireOnly(
            "protocol", "curve", "origin", "nPublic", "vk_alpha_1", "vk_beta_2", "vk_gamma_2", "vk_delta_2",
            "vk_alphabeta_12", "IC");
        file.RequireLabel("protocol", Protocol, required: true);
        file.RequireLabel("curve", Curve, required: false);
        file.RequireLabel("origin", Development, required: false);
        var points = new VerifyingKeyPoints(
            file.G1("vk_alpha_1"), file.G2("vk_beta_2"), file.G2("vk_gamma_2"), file.G2("vk_delta_2"),
            [.. file.ListOfG1("IC")]);
        file.Require(file.Count("nPublic") == points.Ic.Length - 1, "nPublic and the number of points in IC differ");
        var defect = VerifyingKey.TryCreate(points, out var key);
        if (key is null) throw new ZkFileException($"The verification key is refused: {defect.Sentence()}");

        if (file.Has("vk_alphabeta_12"))
        {
            var expected = JsonDocument.Parse(Write(writer => WriteTarget(writer, key.AlphaBeta))).RootElement;
            file.Require(
                JsonElement.DeepEquals(expected, file.Member("vk_alphabeta_12")),
                "vk_alphabeta_12 is not e(alpha, beta)");
        }

        return new(key, file.Has("origin"));
    }

    static void WritePoint(Utf8JsonWriter writer, string? name, in G1Affine point)
    {
        Open(writer, name);
        foreach (var number in (ReadOnlySpan<Fq>)[point.X, point.Y, Fq.One])
        {
            writer.WriteStringValue(number.ToString());
        }

        writer.WriteEndArray();
    }

    static void WritePoint(Utf8JsonWriter writer, string? name, in G2Affine point)
    {
        Open(writer, name);
        foreach (var number in (ReadOnlySpan<Fq2>)[point.X, point.Y, Fq2.One])
        {
            WritePair(writer, number);
        }

        writer.WriteEndArray();
    }

    /// <summary>Two by three by two: Fq12 over Fq6 over Fq2.</summary>
    static void WriteTarget(Utf8JsonWriter writer, in Fq12 value)
    {
        writer.WriteStartArray();
        foreach (var half in (ReadOnlySpan<Fields.Fe6<Fq>>)[value.C0, value.C1])
        {
            writer.WriteStartArray();
            WritePair(writer, half.C0);
            WritePair(writer, half.C1);
            WritePair(writer, half.C2);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }

    static void WritePair(Utf8JsonWriter writer, in Fq2 value)
    {
        writer.WriteStartArray();
        writer.WriteStringValue(value.C0.ToString());
        writer.WriteStringValue(value.C1.ToString());
        writer.WriteEndArray();
    }

    static void Open(Utf8JsonWriter writer, string? name)
    {
        if (name is null) writer.WriteStartArray();
        else writer.WriteStartArray(name);
    }

    static byte[] Write(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Indented))
        {
            write(writer);
        }

        return stream.ToArray();
    }
}

/// <summary>A verifying key out of a file, and whether it says that it is for development.</summary>
public readonly record struct SnarkKey(VerifyingKey Key, bool IsDevelopment);
