namespace PoA.Nostr.Zk.Groth16;

/// <summary>Which of the two matrices that a proving key keeps.</summary>
public enum CoefficientMatrix
{
    A,
    B,
}

/// <summary>One entry of a matrix of the constraint system. C is not kept: c = a·b for an honest witness.</summary>
public readonly record struct Coefficient(CoefficientMatrix Matrix, int Row, int Wire, Fr Value);

/// <summary>
/// All that a prover needs, unchecked, in the basis of snarkjs: H are the odd Lagrange points of the domain of twice
/// the size, over delta. A, B1 and B2 have a point a wire, C a point a private wire, H a point a row of the domain.
/// </summary>
public sealed record ProvingKeyPoints(
    VerifyingKeyPoints Verifying, G1Affine Beta1, G1Affine Delta1, int DomainSize, Coefficient[] Coefficients,
    G1Affine[] A, G1Affine[] B1, G2Affine[] B2, G1Affine[] C, G1Affine[] H)
{
    public int WireCount => A.Length;

    public int PublicCount => Verifying.Ic.Length - 1;
}
