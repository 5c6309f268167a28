#!/bin/sh
# Makes the recordings beside it anew: gives traffic.pcap to exporters inside a
# network namespace of its own and captures what they export on its loopback.
#
#	record.sh netflow | record.sh sflow DIR | record.sh nfdump DIR
#
# Needs root, softflowd, pmacct, tcpdump and tshark. See README.md.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
ns=fmgold$$
tmp=$(mktemp -d)
ip netns add "$ns"
trap 'ip netns del "$ns"; rm -rf "$tmp"' EXIT
in_ns() { ip netns exec "$ns" "$@"; }
in_ns ip link set lo up

# capture NAME PORT COMMAND...: runs an exporter and keeps its datagrams. nfcapd
# listens, so that the exporter's datagrams are not refused.
capture() {
	name=$1 port=$2
	shift 2
	mkdir -p "$tmp/flows"
	ip netns exec "$ns" nfcapd -w "$tmp/flows" -b 127.0.0.1 -p "$port" >"$tmp/nfcapd.log" 2>&1 &
	sink=$!
	ip netns exec "$ns" tcpdump -q -i lo -U -w "$tmp/$name.pcap" --immediate-mode "udp dst port $port" 2>"$tmp/log" &
	dump=$!
	sleep 0.5
	in_ns timeout 5 "$@" >"$tmp/$name.log" 2>&1 || true
	sleep 0.5
	kill -TERM "$dump" "$sink"
	wait "$dump" "$sink" || true
	mv "$tmp/$name.pcap" "$out/$name.pcap"
	if [ -n "${csv:-}" ]; then
		TZ=UTC nfdump -R "$tmp/flows" -o csv >"$out/$name.csv"
		TZ=UTC nfdump -R "$tmp/flows" -q -N -6 -o "$fmt" >"$out/$name.fmt"
		file=$(ls "$tmp/flows"/nfcapd.2*)
		nfdump -E "$file" >"$out/$name.exporters"
	fi
	rm -rf "$tmp/flows"
}

# pmacct PLUGIN LINE...: writes a pmacctd configuration and prints its path.
pmacct() {
	plugin=$1
	shift
	{
		echo "daemonize: false"
		echo "pcap_savefile: $here/traffic.pcap"
		echo "plugins: $plugin"
		for line; do echo "$line"; done
	} >"$tmp/pmacctd.conf"
	echo "$tmp/pmacctd.conf"
}

soft() { echo softflowd -r "$here/traffic.pcap" -a -d -6 -c none -p "$tmp/pid" -n 127.0.0.1:2055 "$@"; }

out=${2:-$here}
case ${1:-netflow} in
netflow)
	capture softflowd-v5 2055 $(soft -v 5)
	capture softflowd-v5-sampled 2055 $(soft -v 5 -s 2)
	capture softflowd-v9 2055 $(soft -v 9)
	capture softflowd-v9-sampled 2055 $(soft -v 9 -s 2)
	capture softflowd-ipfix 2055 $(soft -v 10)
	capture softflowd-ipfix-biflow 2055 $(soft -v 10 -b -A milli)
	capture softflowd-ipfix-micro 2055 $(soft -v 10 -A micro)
	capture softflowd-ipfix-nano 2055 $(soft -v 10 -A nano)
	capture softflowd-psamp 2055 $(soft -v psamp -s 2)
	agg='aggregate: src_host, dst_host, src_port, dst_port, proto, tos, tcpflags, in_iface, out_iface'
	capture nfprobe-v9 2055 pmacctd -f "$(pmacct nfprobe 'nfprobe_receiver: 127.0.0.1:2055' 'nfprobe_version: 9' "$agg")"
	capture nfprobe-v9-sampled 2055 pmacctd -f "$(pmacct nfprobe 'nfprobe_receiver: 127.0.0.1:2055' 'nfprobe_version: 9' 'sampling_rate: 2' "$agg, sampling_rate")"
	capture nfprobe-ipfix 2055 pmacctd -f "$(pmacct nfprobe 'nfprobe_receiver: 127.0.0.1:2055' 'nfprobe_version: 10' "$agg")"
	capture nfprobe-ipfix-sampled 2055 pmacctd -f "$(pmacct nfprobe 'nfprobe_receiver: 127.0.0.1:2055' 'nfprobe_version: 10' 'sampling_rate: 2' 'nfprobe_tstamp_usec: true' "$agg, sampling_rate")"
	;;
sflow)
	capture sfprobe 6343 pmacctd -f "$(pmacct sfprobe 'sfprobe_receiver: 127.0.0.1:6343' 'sfprobe_agentip: 192.0.2.254' 'sfprobe_agentsubid: 3' 'sampling_rate: 2')"
	;;
nfdump)
	csv=yes # nfcapd's files are binary and tied to a version: their output is kept
	fmt='fmt:%tsr,%td,%pr,%sa,%da,%sp,%dp,%flg,%ipkt,%ibyt,%opkt,%obyt,%in,%out,%sas,%das,%ra,%eng'
	capture softflowd-v5 2055 $(soft -v 5)
	capture softflowd-v5-sampled 2055 $(soft -v 5 -s 2)
	capture softflowd-ipfix 2055 $(soft -v 10 -A milli)
	capture nfprobe-v9-sampled 2055 pmacctd -f "$(pmacct nfprobe 'nfprobe_receiver: 127.0.0.1:2055' 'nfprobe_version: 9' 'sampling_rate: 2' \
		'aggregate: src_host, dst_host, src_port, dst_port, proto, tos, tcpflags, in_iface, out_iface, sampling_rate')"
	rm "$out"/*.pcap
	;;
esac
