pragma circom 2.1.0;
include "parts.circom";

template Tier() {
    signal input commitment;
    signal input settled_min;
    signal input dispute_rate_max;
    signal input context;
    signal input secret;
    signal input reputation;
    signal input settled;
    signal input disputed;
    signal input salt;
    signal output nullifier;
    Statement()(commitment, secret, reputation, settled, disputed, salt);
    Fits(32)(settled_min);
    Fits(32)(settled - settled_min);
    Fits(32)(disputed);
    Fits(14)(dispute_rate_max);
    Fits(14)(10000 - dispute_rate_max);
    Fits(48)(dispute_rate_max * settled - 10000 * disputed);
    nullifier <== Nullifier()(secret, context);
}

component main {public [commitment, settled_min, dispute_rate_max, context]} = Tier();
