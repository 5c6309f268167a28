#!/usr/bin/env bash
# Lists the packages of pure rooms (internal/archtest/layers.txt), which have no
# goroutine and no lock, or all others. usage: rooms.sh pure|others
set -euo pipefail
cd "$(dirname "$0")/.."
module=$(go list -m)
go list ./... | sed "s#^$module/##" | awk -v want="$1" -v module="$module" '
  FNR == NR { if ($0 ~ /^#/ || !/:/) next
    pure = $0 ~ /^[a-z]+ +pure *:/; sub(/^[^:]*:/, ""); n = split($0, list, " ")
    for (i = 1; i <= n; i++) kind[list[i]] = pure
    next }
  { best = ""
    for (p in kind) if (index($0 "/", p "/") == 1 && length(p) > length(best)) best = p
    if ((best != "" && kind[best] ? "pure" : "others") == want) print module "/" $0 }
' internal/archtest/layers.txt -
