#!/usr/bin/env bash
# Runs every fuzz target of the tree for a short time. usage: fuzz.sh TIME (default 60s)
set -euo pipefail
cd "$(dirname "$0")/.."
time=${1:-60s}
count=0
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
out=$dir/out
module=$(go list -m)
corpus=$(go env GOCACHE)/fuzz # where the go command keeps what it finds, too
# A package's targets share one binary: linking takes as long as a short run.
fuzz() { (cd "$1" && "$dir/test" -test.run '^$' -test.fuzz "^$2\$" -test.fuzztime "$time" -test.fuzzminimizetime 1s -test.fuzzcachedir "$corpus/$module/$1") >"$out" 2>&1; }
built=
while read -r pkg target; do
  if [ "$pkg" != "$built" ]; then
    go test -vet=off -c -fuzz=. -o "$dir/test" "./$pkg"
    built=$pkg
  fi
  if ! fuzz "$pkg" "$target"; then
    # The fuzzer sometimes calls its own deadline a failure (golang/go#75804, mended in Go 1.27);
    # a real one names its input. Only the first kind is tried again.
    if grep -q 'context deadline exceeded' "$out" && ! grep -q 'Failing input' "$out" && fuzz "$pkg" "$target"; then
      echo "again, after the deadline of fuzzing itself: $pkg $target"
    else
      cat "$out"
      exit 1
    fi
  fi
  grep -q '^fuzz: elapsed' "$out" || { cat "$out"; echo "$pkg $target did not run" >&2; exit 1; }
  echo "ok $pkg $target: $(grep '^fuzz: elapsed' "$out" | tail -n 1)"
  count=$((count + 1))
done < <(grep -rHoP --include='*_test.go' '^func \KFuzz\w+' internal cmd | sed -E 's#/[^/]*:# #' | sort)
[ "$count" -ge 8 ] || { echo "only $count fuzz targets found" >&2; exit 1; }
echo "fuzzing: $count targets, $time each"
