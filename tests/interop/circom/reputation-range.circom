pragma circom 2.1.0;
include "parts.circom";

template ReputationRange() {
    signal input commitment;
    signal input min;
    signal input max;
    signal input context;
    signal input secret;
    signal input reputation;
    signal input settled;
    signal input disputed;
    signal input salt;
    signal output nullifier;
    Statement()(commitment, secret, reputation, settled, disputed, salt);
    Fits(14)(min);
    Fits(14)(reputation - min);
    Fits(14)(max - reputation);
    Fits(14)(10000 - max);
    nullifier <== Nullifier()(secret, context);
}

component main {public [commitment, min, max, context]} = ReputationRange();
