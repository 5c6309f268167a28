#!/usr/bin/env bash
# Live collectors side by side, on loopback, in turns: this program with raw
# flows and with roll-ups only, FastNetMon, nfcapd, goflow2, and the floor, which
# receives and does nothing. Prints for each run the seconds of processor time
# (user and system, deferred work included), µs a record, datagrams that the
# kernel dropped, and the peak of resident memory; then the medians and their
# ratio to this program's.
# usage: bench-live.sh [RECORDS] [RECORDS A SECOND] [ROUNDS]   (default 2000000 200000 3)
# Names in PROTOCOLS and WHO choose: PROTOCOLS="netflow9 sflow" WHO="floor raw" bench-live.sh
set -euo pipefail
cd "$(dirname "$0")/.."
n=${1:-2000000} rate=${2:-200000} rounds=${3:-3}
program=${FLOODMARK:-bin/floodmark}
dir=${DIR:-$(mktemp -d)} pid=
mkdir -p "$dir"
rm -f "$dir/runs"
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null || true; [ -n "${DIR:-}" ] || rm -rf "$dir"' EXIT
base=${PORTS:-19050} # of three free ports
flow=$((base + 5)) sflow=$((base + 6)) http=$((base + 7))
. scripts/bench-peers-live.sh
go build -o "$dir/send" ./bench/send
prepare_peers

echo "machine: $(nproc) cores, $(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2-), kernel $(uname -r), load $(cut -d' ' -f1-3 /proc/loadavg)"
echo "program: $("$program" version 2>/dev/null | head -1); $n records at $rate a second, $rounds rounds; net.core.rmem_max $(sysctl -n net.core.rmem_max)"

ticks() { awk '{print $14+$15}' "/proc/$1/stat"; }
drops() { awk 'NR>1{s+=$NF} END{print s+0}' /proc/net/udp; }
settled() { # PID: waits until it uses less than 50 ms of processor in a second
  local a i
  for i in $(seq 30); do
    a=$(ticks "$1"); sleep 1; [ $(($(ticks "$1") - a)) -lt 5 ] && return
  done
  echo "process $1 is still busy after 30 s" >&2
}
measure() { # NAME PROTOCOL PID
  local c d out
  settled "$3"
  c=$(ticks "$3") d=$(drops)
  out=$("$dir/send" load -proto "$2" -rate "$rate" -n "$n" -to "127.0.0.1:$(port "$2")" -hosts 20000 ${EXTRA:-})
  settled "$3"
  c=$(($(ticks "$3") - c)) d=$(($(drops) - d))
  awk -v w="$1" -v p="$2" -v n="$n" -v c="$c" -v d="$d" -v m="$(awk '/VmHWM/{print $2/1024}' "/proc/$3/status")" -v o="$out" -v l="$(cut -d' ' -f1 /proc/loadavg)" \
    'BEGIN{printf "%-10s %-9s cpu_s=%.2f us_per_record=%.3f dropped=%d rss_mb=%.0f load=%s # %s\n",w,p,c/100,c*10000/n,d,m,l,o}'
}
port() { [ "$1" = sflow ] && echo "$sflow" || echo "$flow"; }
for round in $(seq "$rounds"); do
  for protocol in ${PROTOCOLS:-netflow9 netflow5 ipfix sflow}; do
    for who in ${WHO:-floor raw rollups fastnetmon nfcapd goflow2}; do
      case $who-$protocol in nfcapd-sflow) continue ;; esac
      start_"$who" "$protocol" >"$dir/$who.out" 2>&1 & pid=$!
      sleep 3
      if kill -0 "$pid" 2>/dev/null; then measure "$who" "$protocol" "$pid" | tee -a "$dir/runs"; else echo "$who did not start: $(tail -1 "$dir/$who.out")"; fi
      kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; pid=
    done
  done
done
echo
awk '{split($4,a,"="); v[$2" "$1]=v[$2" "$1]" "a[2]; split($5,b,"="); if(b[2]>0) lost[$2" "$1]++; split($6,c,"="); if(c[2]>most[$2" "$1]) most[$2" "$1]=c[2]}
function median(s,  x,i,j,t,k){k=split(s,x," "); for(i=1;i<=k;i++)for(j=i+1;j<=k;j++)if(x[j]+0<x[i]+0){t=x[i];x[i]=x[j];x[j]=t} return (x[int((k+1)/2)]+x[int((k+2)/2)])/2}
END{for(k in v){split(k,p," "); base=(p[1]" raw" in v)?median(v[p[1]" raw"]):0; mid=median(v[k]);
  printf "%-9s %-10s %.3f µs a record, %.2f times this program with raw flows, %d MB%s\n",p[1],p[2],mid,base?mid/base:0,most[k],lost[k]?", "lost[k]" runs lost datagrams":""}}' "$dir/runs" | sort
