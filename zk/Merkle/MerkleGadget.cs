using PoA.Nostr.Zk.Poseidon;
using PoA.Nostr.Zk.R1cs;

namespace PoA.Nostr.Zk.Merkle;

/// <summary>
/// Membership inside a circuit. At each level the prover gives both children, and (node − left)·(node − right) = 0 says
/// that the node is one of them: one row a level besides the hash, and the position stays hidden.
/// </summary>
public static class MerkleGadget
{
    public static void RequireMember<T>(
        IInterpreter<T> circuit, in T leaf, ulong index, ReadOnlySpan<Fr> siblings, in T root)
        where T : struct, IExpression<T>
    {
        var node = leaf;
        for (var level = 0; level < siblings.Length; level++)
        {
            circuit.Enter($"level {level}");
            var value = circuit.Read(node);
            var isRight = ((index >> level) & 1) == 1;
            var left = circuit.Private("left", isRight ? siblings[level] : value);
            var right = circuit.Private("right", isRight ? value : siblings[level]);
            circuit.Require("order", node - left, node - right, default);
            if (level == siblings.Length - 1)
            {
                PoseidonGadget.Require(circuit, "root", [left, right], Fr.Zero, root);
            }
            else
            {
                node = PoseidonGadget.Hash(circuit, "node", [left, right]);
            }

            circuit.Leave();
        }
    }
}
