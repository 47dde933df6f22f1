using PoA.Nostr.Market.Index;

namespace PoA.Nostr.Dvm.Kinds;

/// <summary>
/// Ranks sentences by how much they share with the others that share much (TextRank, Mihalcea and Tarau 2004, with
/// the weights of LexRank, Erkan and Radev 2004: cosine of tf-idf). Same text, same ranks, on every machine.
/// </summary>
static class TextRank
{
    /// <summary>Sentences compared each with each; of a longer text the better half of such parts goes on.</summary>
    const int ComparedMax = 500;

    const double Damping = 0.85;
    const double Enough = 1e-9;
    const int RoundsMax = 100;

    /// <summary>Indices of the sentences, best first; of equal ones the earlier first.</summary>
    public static List<int> Order(IReadOnlyList<Sentence> sentences, CancellationToken ct)
    {
        var vectors = Vectors(sentences);
        List<int> left = [.. Enumerable.Range(0, sentences.Count)];
        List<int> lost = [];
        while (left.Count > ComparedMax)
        {
            List<int> better = [];
            foreach (var part in left.Chunk(ComparedMax))
            {
                var ranked = Rank(part, vectors, ct);
                better.AddRange(ranked.Take((part.Length + 1) / 2));
                lost.AddRange(ranked.Skip((part.Length + 1) / 2));
            }

            better.Sort();
            left = better;
        }

        return [.. Rank([.. left], vectors, ct), .. lost];
    }

    /// <summary>Cosine of two sentences, 0 to 1.</summary>
    public static double Similarity(Dictionary<string, double> a, Dictionary<string, double> b)
    {
        var (few, many) = a.Count < b.Count ? (a, b) : (b, a);
        var sum = 0.0;
        foreach (var (term, weight) in few) sum += weight * many.GetValueOrDefault(term);
        return sum;
    }

    /// <summary>Terms of each sentence by tf-idf, of length 1. What every sentence has weighs little.</summary>
    public static List<Dictionary<string, double>> Vectors(IReadOnlyList<Sentence> sentences)
    {
        var terms = sentences.Select(sentence => Terms.Of(sentence.Text)).ToList();
        var spread = terms.SelectMany(all => all).CountBy(term => term).ToDictionary();
        return terms.ConvertAll(all =>
        {
            var vector = all.ToDictionary(t => t, t => Math.Log(1 + ((double)sentences.Count / spread[t])));
            var length = Math.Sqrt(vector.Values.Sum(weight => weight * weight));
            foreach (var term in all) vector[term] /= length;
            return vector;
        });
    }

    static List<int> Rank(int[] part, List<Dictionary<string, double>> vectors, CancellationToken ct)
    {
        var n = part.Length;
        var weights = new double[n][];
        for (var i = 0; i < n; i++)
        {
            ct.ThrowIfCancellationRequested();
            weights[i] = new double[n];
            for (var j = 0; j < i; j++) weights[i][j] = weights[j][i] = Similarity(vectors[part[i]], vectors[part[j]]);
        }

        var scores = Iterate(weights);
        return [.. Enumerable.Range(0, n).OrderByDescending(i => Math.Round(scores[i], 7)).ThenBy(i => part[i])
            .Select(i => part[i])];
    }

    static double[] Iterate(double[][] weights)
    {
        var n = weights.Length;
        var sums = weights.Select(row => row.Sum()).ToArray();
        var scores = Enumerable.Repeat(1.0, n).ToArray();
        for (var round = 0; round < RoundsMax; round++)
        {
            var next = new double[n];
            for (var i = 0; i < n; i++)
            {
                var flow = 0.0;
                for (var j = 0; j < n; j++)
                {
                    if (sums[j] > 0) flow += weights[j][i] / sums[j] * scores[j];
                }

                next[i] = 1 - Damping + (Damping * flow);
            }

            var moved = next.Zip(scores, (a, b) => Math.Abs(a - b)).DefaultIfEmpty().Max();
            scores = next;
            if (moved < Enough) break;
        }

        return scores;
    }
}
