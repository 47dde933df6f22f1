# Sourced by ./poa test: builds everything, runs each suite in a process of its own, and adds the sums.
# The build enforces style and warnings, so it is the format check too.

long=off
what=all
# --mint URL: the wallet's suite against that mint, which pays its own invoices as test mints do, or names a faucet that
# does, as the devnet's; else --faucet URL.
# --seeds N: how many seeds the simulator runs.
while [ $# -gt 0 ]; do
    arg=$1
    shift
    case $arg in
    --long) long=on ;;
    --mint | --faucet)
        [ $# -gt 0 ] || { say "$arg needs a URL"; exit 12; }
        [ "$arg" = --mint ] && export POA_TEST_MINT=$1 || export POA_TEST_FAUCET=$1
        shift
        ;;
    --seeds)
        [ $# -gt 0 ] || { say "--seeds takes a number"; exit 12; }
        export SIM_SEEDS=$1
        shift
        ;;
    -h | --help)
        cat <<'EOF'
./poa test [unit|slice|sim|interop|whole|FILTER] [--long] [--seeds N] [--mint URL [--faucet URL]]

  ./poa test                        every suite; the last line is "N passed, N failed"
  ./poa test EscrowTests            the classes whose name contains it
  ./poa test sim --seeds 100000     the simulator, over so many seeds
  ./poa test whole --long           with the long versions
  ./poa test interop --mint URL     the wallet's suite against that mint
EOF
        exit 0
        ;;
    -*) say "unknown option $arg: ./poa test --help"; exit 12 ;;
    *) what=$arg ;;
    esac
done
[ -z "${POA_TEST_MINT:-}" ] || what=AnyMintTests

build PoA.Nostr.sln
runner=$home/artifacts/bin/Tests/release/PoA.Nostr.Tests.dll
results=$home/artifacts/test-results
rm -rf "$results"
mkdir -p "$results"
passed=0
failed=0

# run_suite NAME ARGS…: prints the runner's lines as they come, then adds what it counted.
run_suite() {
    local name=$1 status=0 bad limit=1500
    shift
    say "--- $name"
    [ "$long" = off ] || { limit=0; set -- "$@" -explicit on; }
    # A test that hangs is named after two minutes, and takes its suite with it in the end, not the whole run.
    timeout --foreground --kill-after=10 "$limit" "$dotnet" "$runner" -noColor -noLogo -failSkips -longRunning 120 \
        -xml "$results/$name.xml" "$@" || status=$?
    [ "$status" != 124 ] || say "$name did not end within $limit s"
    passed=$((passed + $(attribute "$name" passed)))
    bad=$(($(attribute "$name" failed) + $(attribute "$name" errors) + $(attribute "$name" skipped)))
    # A runner that fell over without a word has failed, whatever it counted.
    [ "$status" = 0 ] || [ "$bad" -gt 0 ] || bad=1
    failed=$((failed + bad))
}

# The sum of one attribute over the runner's assemblies; 0 where it wrote nothing.
attribute() {
    { grep -o '<assembly [^>]*>' "$results/$1.xml" 2>/dev/null || true; } |
        sed -n "s/.* $2=\"\([0-9]*\)\".*/\1/p" | awk '{ sum += $1 } END { print sum + 0 }'
}

case $what in
all)
    run_suite unit -trait- suite=slice -trait- suite=whole -trait- suite=interop -trait- suite=sim
    for suite in slice sim interop whole; do
        grep -rqs "Suite(\"$suite\")" tests --include='*.cs' && run_suite "$suite" -trait "suite=$suite"
    done
    ;;
unit) run_suite unit -trait- suite=slice -trait- suite=whole -trait- suite=interop -trait- suite=sim ;;
slice | whole | interop | sim) run_suite "$what" -trait "suite=$what" ;;
*) run_suite filter -class "*$what*" ;;
esac

[ "$passed" -gt 0 ] || failed=$((failed > 0 ? failed : 1))
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
exit
