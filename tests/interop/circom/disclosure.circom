pragma circom 2.1.0;
include "parts.circom";

template Disclosure(n) {
    signal input commitment;
    signal input schema;
    signal input mask;
    signal input revealed[n];
    signal input context;
    signal input secret;
    signal input attributes[n];
    signal input salt;
    signal output nullifier;
    signal subject <== Subject()(secret);
    component hash = Tagged(n + 3, TAG_CREDENTIAL());
    hash.in[0] <== schema;
    hash.in[1] <== subject;
    for (var i = 0; i < n; i++) { hash.in[2 + i] <== attributes[i]; }
    hash.in[n + 2] <== salt;
    commitment === hash.out;
    Revealed(n)(mask, attributes, revealed);
    nullifier <== Nullifier()(secret, context);
}

component main {public [commitment, schema, mask, revealed, context]} = Disclosure(6);
