#!/usr/bin/env bash
# Runs every fuzz target of the tree for a short time. usage: fuzz-smoke.sh TIME (default 5s)
set -euo pipefail
cd "$(dirname "$0")/.."
time=${1:-5s}
count=0
while IFS=: read -r file target; do
  pkg=./$(dirname "$file")
  go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" "$pkg" | tail -n 1
  count=$((count + 1))
done < <(grep -rHoP --include='*_test.go' '^func \KFuzz\w+' internal cmd | sort)
[ "$count" -ge 8 ] || { echo "only $count fuzz targets found" >&2; exit 1; }
echo "fuzz smoke: $count targets, $time each"
