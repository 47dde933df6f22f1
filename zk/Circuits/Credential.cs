using PoA.Nostr.Zk.Poseidon;
using PoA.Nostr.Zk.R1cs;

namespace PoA.Nostr.Zk.Circuits;

/// <summary>A credential of six attributes, committed as H[credential](schema, subject, a0, …, a5, salt).</summary>
public sealed record Credential(Fr Schema, Fr Subject, Fr[] Attributes, Fr Salt)
{
    public const int AttributeCount = 6;

    public Fr Commit() => PoseidonHash.Hash([Schema, Subject, .. Attributes, Salt], DomainTag.Credential);

    /// <summary>What a mask shows: the attributes whose bits are set, 0 in place of the others.</summary>
    public static Fr[] Reveal(in Fr mask, Fr[] attributes)
    {
        var bits = mask.ToLimbs().L0;
        return [.. attributes.Select((value, i) => ((bits >> i) & 1) == 1 ? value : Fr.Zero)];
    }

    /// <summary>Why these signals cannot be a presentation, or null.</summary>
    internal static string? RefuseMask(in Fr mask, ReadOnlySpan<Fr> revealed)
    {
        var bits = mask.ToBigInteger();
        if (bits >= 1 << AttributeCount) return "The mask has bits beyond the six attributes.";

        for (var i = 0; i < revealed.Length; i++)
        {
            if ((bits >> i).IsEven && !revealed[i].IsZero) return $"Attribute {i} is hidden by the mask but not 0.";
        }

        return null;
    }

    internal static T[] DeclareRevealed<T>(IInterpreter<T> circuit, in Fr mask, Fr[] attributes)
        where T : struct, IExpression<T>
    {
        var values = Reveal(mask, attributes);
        return [.. values.Select((value, i) => circuit.Public("revealed", value, i))];
    }

    internal static T[] DeclareAttributes<T>(IInterpreter<T> circuit, Fr[] attributes)
        where T : struct, IExpression<T> =>
        [.. attributes.Select((value, i) => circuit.Private("attribute", value, i))];

    /// <summary>revealed[i] = bit i of the mask · attribute i.</summary>
    internal static void RequireRevealed<T>(IInterpreter<T> circuit, in T mask, T[] attributes, T[] revealed)
        where T : struct, IExpression<T>
    {
        var bits = Bits.Split(circuit, "mask", mask, AttributeCount);
        for (var i = 0; i < AttributeCount; i++)
        {
            circuit.Require("revealed", attributes[i], bits[i], revealed[i]);
        }
    }
}
