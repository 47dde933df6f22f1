pragma circom 2.1.0;
include "parts.circom";

// The position as bits, where ours leaves it out: another way to say the same.
template Inclusion(depth) {
    signal input root;
    signal input kind;
    signal input context;
    signal input secret;
    signal input digest_high;
    signal input digest_low;
    signal input salt;
    signal input index;
    signal input siblings[depth];
    signal output nullifier;
    signal subject <== Subject()(secret);
    signal leaf <== Tagged(5, TAG_LEAF())([kind, subject, digest_high, digest_low, salt]);
    component bits = Num2Bits(depth);
    bits.in <== index;
    signal node[depth + 1];
    signal move[depth];
    node[0] <== leaf;
    for (var i = 0; i < depth; i++) {
        move[i] <== bits.out[i] * (siblings[i] - node[i]);
        node[i + 1] <== Tagged(2, 0)([node[i] + move[i], siblings[i] - move[i]]);
    }
    root === node[depth];
    nullifier <== Tagged(3, TAG_NULLIFIER())([secret, context, leaf]);
}

component main {public [root, kind, context]} = Inclusion(32);
