using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using PoA.Nostr.Zk.Curves;
using PoA.Nostr.Zk.Curves.Msm;
using PoA.Nostr.Zk.Fields;
using PoA.Nostr.Zk.Files;

namespace PoA.Nostr.Zk.Groth16;

/// <summary>
/// Makes proofs under one key, on all cores (eprint 2016/260 §3.2, in the basis of snarkjs). The time it takes depends
/// on the witness: prove where nobody measures. Scalars derived from the witness are wiped; memory is kept for the next
/// proof, so that a proof allocates next to nothing.
/// </summary>
public sealed class Prover
{
    readonly ProvingKeyPoints _key;
    readonly Quotient _quotient;
    readonly PointSet<Fq, G1<Fq>> _a;
    readonly PointSet<Fq2, G2<Fq>> _b;

    /// <summary>C, H, and B in the first group.</summary>
    readonly PointSet<Fq, G1<Fq>> _c;

    readonly ConcurrentBag<Workspace> _idle = [];

    /// <param name="key">A key whose points are on their curves: a prover trusts its own key.</param>
    /// <param name="arithmetic">The path of all bulk work.</param>
    /// <param name="tables">
    /// Whether to keep multiples of all points (some twenty times the memory of the key, and a second to make): proofs
    /// then take a third less time.
    /// </param>
    public Prover(ProvingKeyPoints key, Arithmetic arithmetic = Arithmetic.Best, bool tables = false)
        : this(key, arithmetic, tables, new PointStore?[TableFile.Tables])
    {
    }

    Prover(ProvingKeyPoints key, Arithmetic arithmetic, bool tables, PointStore?[] ready)
    {
        _key = key;
        _quotient = new(key, arithmetic);
        _a = PointSets.OfG1([.. key.A, key.Delta1], arithmetic, tables, ready[0]);
        _b = PointSets.OfG2([.. key.B2, default, key.Verifying.Delta], arithmetic, tables, ready[1]);
        _c = PointSets.OfG1([.. key.C, .. key.H, .. key.B1, key.Beta1], arithmetic, tables, ready[2]);
    }

    PointStore[] Stores => [_a.Points, _b.Points, _c.Points];

    /// <summary>
    /// A prover with tables out of a file beside the key, which is written where it is missing, broken or another
    /// key's.
    /// </summary>
    /// <param name="key">As for the constructor.</param>
    /// <param name="keyHash">By which the key is known: the SHA-256 of its file.</param>
    /// <param name="path">Where the tables are kept: whoever can write there can spoil proofs, not forge them.</param>
    /// <exception cref="IOException">The tables could not be written.</exception>
    public static Prover WithTables(ProvingKeyPoints key, ReadOnlySpan<byte> keyHash, string path)
    {
        var ready = TableFile.TryRead(path, keyHash) ?? new PointStore?[TableFile.Tables];
        var prover = new Prover(key, Arithmetic.Best, tables: true, ready);
        if (!ready.SequenceEqual(prover.Stores)) TableFile.Write(path, keyHash, prover.Stores);
        return prover;
    }

    /// <summary>
    /// A proof that whoever made it knows the witness; two proofs of one witness have nothing in common. A witness
    /// that breaks a row gives a proof that nobody accepts.
    /// </summary>
    /// <exception cref="ArgumentException">The witness has another length, or its wire 0 is not one.</exception>
    public Proof Prove(ReadOnlySpan<Fr> witness)
    {
        if (witness.Length != _key.WireCount || !witness[0].IsOne)
        {
            throw new ArgumentException("Not a witness for this key.", nameof(witness));
        }

        if (!_idle.TryTake(out var memory)) memory = new(_key);
        var proof = Prove(witness, memory);
        memory.Wipe();
        _idle.Add(memory);
        return proof;
    }

    /// <summary>
    /// A = α + Σ wᵢ·Aᵢ + r·δ, B = β + Σ wᵢ·Bᵢ + s·δ, and
    /// C = Σ wᵢ·Cᵢ + Σ hᵢ·Hᵢ + s·A + r·B − rs·δ. B in the first group is not computed:
    /// what it brings to C, r·B − rs·δ = r·β + Σ (r·wᵢ)·Bᵢ, belongs to the same sum.
    /// </summary>
    Proof Prove(ReadOnlySpan<Fr> witness, Workspace memory)
    {
        var (r, s) = (Fr.Random(), Fr.Random());
        memory.Begin(witness, r, s);
        var (a, b) = (default(G1Affine), default(G2Affine));
        Projective<Fq, G1<Fq>> timesA = default, c = default;
        var blocks = new BlockQueue();
        Parallel.Invoke(
            () =>
            {
                blocks.Add(_b.Begin(
                    memory.Numbers, sum => b = (sum + _key.Verifying.Beta.ToProjective()).ToAffine()));
                blocks.Add(_a.Begin(memory.Numbers, sum =>
                {
                    sum += _key.Verifying.Alpha.ToProjective();
                    (a, timesA) = (sum.ToAffine(), sum.Times(s.ToLimbs()));
                }));
                blocks.Run();
            },
            () =>
            {
                memory.WriteC(_quotient, r);
                blocks.Add(_c.Begin(memory.NumbersC, sum => c = sum));
                Parallel.For(0, Quotient.Others, _ => blocks.Run());
            });
        return new(a, b, (c + timesA).ToAffine());
    }

    /// <summary>What one proof derives from a witness, for the next proof to write over.</summary>
    sealed class Workspace(ProvingKeyPoints key)
    {
        readonly Fr[] _values = new Fr[key.WireCount + 2];
        readonly Fr[][] _polynomials = [new Fr[key.DomainSize], new Fr[key.DomainSize], new Fr[key.DomainSize]];

        /// <summary>The witness, r and s.</summary>
        public Limbs[] Numbers { get; } = new Limbs[key.WireCount + 2];

        /// <summary>Scalars of C, then of H, then of B and β.</summary>
        public Limbs[] NumbersC { get; } = new Limbs[key.C.Length + key.H.Length + key.WireCount + 1];

        public void Begin(ReadOnlySpan<Fr> witness, in Fr r, in Fr s)
        {
            witness.CopyTo(_values);
            (_values[^2], _values[^1]) = (r, s);
            PointSets.Write(_values, Numbers);
        }

        public void WriteC(Quotient quotient, in Fr r)
        {
            var own = Numbers.AsSpan((key.WireCount - key.C.Length)..key.WireCount);
            own.CopyTo(NumbersC);
            quotient.Write(_values, _polynomials, NumbersC.AsSpan(own.Length, key.DomainSize));
            var multiples = NumbersC.AsSpan(own.Length + key.DomainSize);
            for (var i = 0; i < key.WireCount; i++)
            {
                if (!key.B1[i].IsInfinity) multiples[i] = (_values[i] * r).ToLimbs();
            }

            multiples[^1] = r.ToLimbs();
        }

        public void Wipe()
        {
            Wipe(_values);
            Wipe(Numbers);
            Wipe(NumbersC);
            foreach (var polynomial in _polynomials)
            {
                Wipe(polynomial);
            }
        }

        static void Wipe<T>(T[] secret)
            where T : unmanaged => CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(secret.AsSpan()));
    }
}
