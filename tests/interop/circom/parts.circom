pragma circom 2.1.0;
include "poseidon.circom";
include "bitify.circom";

// The circuits of zk/Circuits once more, independently: same statements, same order of public signals.
// A tag is the first 31 bytes of SHA-256("PoA.Nostr/zk/v1/<use>").
function TAG_SUBJECT() { return 366361179200235561374856299943657815124182791479565443120518805442394775417; }
function TAG_NULLIFIER() { return 369979911407076816811158338414637308892156100590407155123439673190048600553; }
function TAG_STATEMENT() { return 156834149779474990499311368507394311277845754319319498965455374565234014146; }
function TAG_CREDENTIAL() { return 349631266970477329960103762711318991138397089554534461243716498815021599132; }
function TAG_LEAF() { return 202044871017702343233840146972647045097936947420240457086292017467702552348; }

template Tagged(n, tag) {
    signal input in[n];
    signal output out;
    component hash = PoseidonEx(n, 1);
    hash.initialState <== tag;
    for (var i = 0; i < n; i++) { hash.inputs[i] <== in[i]; }
    out <== hash.out[0];
}

template Subject() {
    signal input secret;
    signal output out;
    out <== Tagged(1, TAG_SUBJECT())([secret]);
}

template Nullifier() {
    signal input secret;
    signal input context;
    signal output out;
    out <== Tagged(2, TAG_NULLIFIER())([secret, context]);
}

// A statement of the platform, opened by reputation-range and by tier.
template Statement() {
    signal input commitment;
    signal input secret;
    signal input reputation;
    signal input settled;
    signal input disputed;
    signal input salt;
    signal subject <== Subject()(secret);
    signal opened <== Tagged(5, TAG_STATEMENT())([subject, reputation, settled, disputed, salt]);
    commitment === opened;
}

template Revealed(n) {
    signal input mask;
    signal input attributes[n];
    signal input revealed[n];
    component bits = Num2Bits(n);
    bits.in <== mask;
    for (var i = 0; i < n; i++) { revealed[i] === bits.out[i] * attributes[i]; }
}

template Fits(bits) {
    signal input in;
    component split = Num2Bits(bits);
    split.in <== in;
}
