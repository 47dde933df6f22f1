pragma circom 2.1.0;
include "parts.circom";
include "eddsaposeidon.circom";

template DisclosureSigned(n) {
    signal input issuer_x;
    signal input issuer_y;
    signal input schema;
    signal input mask;
    signal input revealed[n];
    signal input context;
    signal input secret;
    signal input attributes[n];
    signal input salt;
    signal input signature_r8_x;
    signal input signature_r8_y;
    signal input signature_s;
    signal output nullifier;
    signal subject <== Subject()(secret);
    component hash = Tagged(n + 3, TAG_CREDENTIAL());
    hash.in[0] <== schema;
    hash.in[1] <== subject;
    for (var i = 0; i < n; i++) { hash.in[2 + i] <== attributes[i]; }
    hash.in[n + 2] <== salt;
    EdDSAPoseidonVerifier()(1, issuer_x, issuer_y, signature_s, signature_r8_x, signature_r8_y, hash.out);
    Revealed(n)(mask, attributes, revealed);
    nullifier <== Nullifier()(secret, context);
}

component main {public [issuer_x, issuer_y, schema, mask, revealed, context]} = DisclosureSigned(6);
