#!/usr/bin/env bash
# The long proofs: simulations of intervals and verdicts, every scenario at full
# scale, fifty million forged sources in bounded memory, a minute of fuzzing for
# each target. Takes about an hour on two cores.
set -euo pipefail
cd "$(dirname "$0")/.."
go test -tags soak -timeout 60m ./...
echo "fifty million forged sources:"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
bin/floodmark scenario write spoofed-50m --seed 1 --out "$dir/spoofed.pcapng"
bin/floodmark analyze --geo none "$dir/spoofed.pcapng" >"$dir/report.txt" &
pid=$!
peak=0
while kill -0 "$pid" 2>/dev/null; do
  now=$(awk '/VmHWM/{print $2}' "/proc/$pid/status" 2>/dev/null || true)
  [ -z "$now" ] || peak=$now
  sleep 0.2
done
wait "$pid"
cat "$dir/report.txt"
echo "peak resident memory: $((peak / 1024)) MiB"
[ "$peak" -lt 1048576 ] || { echo "over 1 GiB" >&2; exit 1; }
scripts/fuzz.sh 60s
