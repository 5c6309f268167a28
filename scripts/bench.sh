#!/usr/bin/env bash
# Benchmarks of the rooms, six runs each, in the form that benchstat reads.
# usage: bench.sh [FILE]   (default bench.txt)
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:-bench.txt}
: >"$out"
go test -run '^$' -bench . -benchtime 0.5s -count 6 ./internal/decode/... ./internal/aggregate/... ./internal/app/... \
  ./internal/evidence/vector ./internal/evidence/share ./internal/evidence/spoof ./internal/geo | tee -a "$out"
(cd bench/goflow2 && go test -run '^$' -bench . -benchtime 0.5s -count 6 .) | tee "${out%.txt}-goflow2.txt"
go tool benchstat "$out"
go tool benchstat -col /impl "${out%.txt}-goflow2.txt"
