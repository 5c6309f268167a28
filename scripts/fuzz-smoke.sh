#!/usr/bin/env bash
# Runs every fuzz target of the tree for a short time. usage: fuzz-smoke.sh TIME (default 5s)
set -euo pipefail
cd "$(dirname "$0")/.."
time=${1:-5s}
count=0
out=$(mktemp)
trap 'rm -f "$out"' EXIT
fuzz() { go test -run '^$' -fuzz "^$2\$" -fuzztime "$time" -fuzzminimizetime 1s "$1" >"$out" 2>&1; }
while IFS=: read -r file target; do
  pkg=./$(dirname "$file")
  if ! fuzz "$pkg" "$target"; then
    # The go command sometimes calls its own deadline a failure (golang/go#75804, mended in Go 1.27);
    # a real one names its input. Only the first kind is tried again.
    if grep -q 'context deadline exceeded' "$out" && ! grep -q 'Failing input' "$out" && fuzz "$pkg" "$target"; then
      echo "again, after the deadline of fuzzing itself: $pkg $target"
    else
      cat "$out"
      exit 1
    fi
  fi
  tail -n 1 "$out"
  count=$((count + 1))
done < <(grep -rHoP --include='*_test.go' '^func \KFuzz\w+' internal cmd | sort)
[ "$count" -ge 8 ] || { echo "only $count fuzz targets found" >&2; exit 1; }
echo "fuzz smoke: $count targets, $time each"
