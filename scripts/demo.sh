#!/usr/bin/env bash
# Writes a synthetic recording with its truth, analyses it with public claims,
# and says where the report is. usage: demo.sh DIRECTORY SEED
set -euo pipefail
cd "$(dirname "$0")/.."
dir=$1 seed=$2
mkdir -p "$dir"
echo "This scenario is synthetic: no such attack happened, and the report says so."
echo
bin/floodmark scenario write camera-flood --seed "$seed" --geo bin/geo.db --out "$dir/camera-flood.pcapng" --force
bin/floodmark analyze \
  --geo bin/geo.db \
  --html "$dir/report.html" \
  --claim "IP addresses originating in the Ukraine area" \
  --claim "from all over the world" \
  --claim "over 1 Tbps" \
  "$dir/camera-flood.pcapng"
bin/floodmark analyze --json --geo bin/geo.db \
  --claim "IP addresses originating in the Ukraine area" \
  --claim "from all over the world" \
  --claim "over 1 Tbps" \
  "$dir/camera-flood.pcapng" >"$dir/report.json"
echo
echo "The report:    $dir/report.html (open it in a browser)"
echo "As JSON:       $dir/report.json"
echo "The truth:     $dir/camera-flood.pcapng.truth.json"
echo "Check it:      bin/floodmark verify $dir/report.json $dir/camera-flood.pcapng"
