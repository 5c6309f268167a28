#!/usr/bin/env bash
# The same recording of small packets through `floodmark analyze` and through
# nfpcapd (which only aggregates flows), in turns, on one core. Prints user and
# system seconds of each run, packets a second of CPU, and the ratio.
# usage: bench-peers.sh [PACKETS IN MILLIONS]   (default 5)
set -euo pipefail
cd "$(dirname "$0")/.."
command -v nfpcapd >/dev/null || { echo "nfpcapd is not installed (Debian: apt-get install nfdump)" >&2; exit 1; }
millions=${1:-5}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
say=$(bin/floodmark scenario write syn-flood-botnet --seed 3 --scale "$((millions * 14))" --out "$dir/small.pcapng" 2>&1)
packets=$(grep -oP '[0-9]+(?= packets)' <<<"$say")
editcap -F pcap "$dir/small.pcapng" "$dir/small.pcap"
cat "$dir/small.pcap" >/dev/null # into the page cache
echo "$packets packets, $(stat -c %s "$dir/small.pcap") octets"
cpu() { # NAME COMMAND...
  local name=$1 t; shift
  TIMEFORMAT='%U %S %R'
  t=$({ time "$@" >/dev/null 2>&1; } 2>&1)
  awk -v n="$name" -v p="$packets" '{printf "%s user=%s sys=%s wall=%s packets_per_cpu_second=%.0f\n", n, $1, $2, $3, p/($1+$2)}' <<<"$t"
}
for run in 1 2 3; do
  mkdir -p "$dir/nf$run"
  cpu "floodmark run=$run cores=1" taskset -c 0 bin/floodmark analyze --json --geo none "$dir/small.pcap"
  cpu "nfpcapd   run=$run cores=1" taskset -c 0 nfpcapd -r "$dir/small.pcap" -w "$dir/nf$run"
  cpu "floodmark run=$run cores=all" bin/floodmark analyze --json --geo none "$dir/small.pcap"
done
