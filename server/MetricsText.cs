using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace PoA.Nostr.Server;

/// <summary>
/// Every instrument of our meters and of the runtime as Prometheus text. Counters add up, histograms have a count, a
/// sum and a few buckets.
/// </summary>
sealed class MetricsText : IDisposable
{
    static readonly double[] Buckets = [0.001, 0.005, 0.015, 0.05, 0.1, 0.25, 1, 2.5, 10, 30];

    readonly MeterListener _listener = new();
    readonly ConcurrentDictionary<(Instrument Instrument, string Tags), Series> _series = new();

    public MetricsText()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            var name = instrument.Meter.Name;
            if (name.StartsWith("PoA.", StringComparison.Ordinal) || name is "System.Runtime" or "Npgsql")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.Start();
    }

    public string Write()
    {
        _listener.RecordObservableInstruments();
        var text = new StringBuilder();
        foreach (var group in _series.GroupBy(series => series.Key.Instrument).OrderBy(group => NameOf(group.Key)))
        {
            text.Append(CultureInfo.InvariantCulture, $"# TYPE {NameOf(group.Key)} {TypeOf(group.Key)}\n");
            foreach (var ((instrument, tags), series) in group) Write(text, NameOf(instrument), tags, series);
        }

        return text.ToString();
    }

    public void Dispose() => _listener.Dispose();

    void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var key = (instrument, Labels(tags));
        _series.GetOrAdd(key, static key => new(TypeOf(key.Item1) == "histogram"))
            .Take(value, adds: instrument.GetType().Name.StartsWith("Counter", StringComparison.Ordinal)
                || instrument.GetType().Name.StartsWith("UpDownCounter", StringComparison.Ordinal));
    }

    static void Write(StringBuilder text, string name, string tags, Series series)
    {
        var labels = tags.Length == 0 ? "" : $"{{{tags}}}";
        if (series.Counts is not { } counts)
        {
            text.Append(CultureInfo.InvariantCulture, $"{name}{labels} {series.Value}\n");
            return;
        }

        var open = tags.Length == 0 ? "" : tags + ",";
        for (var i = 0; i < counts.Length; i++)
        {
            var bound = i < Buckets.Length ? Buckets[i].ToString(CultureInfo.InvariantCulture) : "+Inf";
            text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{open}le=\"{bound}\"}} {counts[i]}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"{name}_sum{labels} {series.Value}\n");
        text.Append(CultureInfo.InvariantCulture, $"{name}_count{labels} {counts[^1]}\n");
    }

    static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in tags)
        {
            if (text.Length > 0) text.Append(',');
            text.Append(Plain(name)).Append("=\"").Append(Escape($"{value}")).Append('"');
        }

        return text.ToString();
    }

    static string Escape(string value) => value
        .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);

    /// <summary>Only counters may end in _total, and nothing but a histogram's part in _count.</summary>
    static string NameOf(Instrument instrument)
    {
        var unit = instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", "msat" => "_msat", _ => "" };
        var name = Plain(instrument.Name);
        if (name.EndsWith("_count", StringComparison.Ordinal)) name = name[..^"_count".Length] + "_number";
        return name + unit + (TypeOf(instrument) == "counter" ? "_total" : "");
    }

    static string Plain(string name) => name.Replace('.', '_').Replace('-', '_');

    static string TypeOf(Instrument instrument)
    {
        var name = instrument.GetType().Name;
        return name.Contains("Histogram", StringComparison.Ordinal) ? "histogram"
            : name.Contains("UpDown", StringComparison.Ordinal) ? "gauge"
            : name.Contains("Counter", StringComparison.Ordinal) ? "counter"
            : "gauge";
    }

    sealed class Series(bool histogram)
    {
        public double Value { get; private set; }

        public long[]? Counts { get; } = histogram ? new long[Buckets.Length + 1] : null;

        public void Take(double value, bool adds)
        {
            lock (this)
            {
                Value = adds || Counts is not null ? Value + value : value;
                for (var i = 0; Counts is not null && i < Counts.Length; i++)
                {
                    if (i == Buckets.Length || value <= Buckets[i]) Counts[i]++;
                }
            }
        }
    }
}
