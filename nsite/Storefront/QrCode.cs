using System.Globalization;
using System.Text;
using QRCoder;

namespace PoA.Nostr.Nsite.Storefront;

/// <summary>A QR code as SVG: error correction M, a quiet zone of four modules, black on white always.</summary>
static class QrCode
{
    public static string Svg(string text)
    {
        using var generator = new QRCodeGenerator();
        using var data = generator.CreateQrCode(text, QRCodeGenerator.ECCLevel.M);
        var modules = data.ModuleMatrix;
        var path = new StringBuilder();
        for (var y = 0; y < modules.Count; y++)
        {
            for (var x = 0; x < modules.Count; x++)
            {
                var from = x;
                while (x < modules.Count && modules[y][x]) x++;
                if (x > from) path.Append(CultureInfo.InvariantCulture, $"M{from} {y}h{x - from}v1h-{x - from}z");
            }
        }

        var size = modules.Count.ToString(CultureInfo.InvariantCulture);
        return $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges">
            <path fill="#fff" d="M0 0h{size}v{size}H0z"/><path d="{path}"/>
            </svg>

            """;
    }
}
