# Sourced by bench-live.sh: how each collector is configured and started. The
# functions replace their shell, so that its number is the collector's.

floodmark_config() { # NAME RAW
  cat >"$dir/$1.yaml" <<Y
data: {flows: {raw: $2}}
collectors:
  - {protocol: netflow, listen: "127.0.0.1:$flow"}
  - {protocol: sflow, listen: "127.0.0.1:$sflow"}
networks: [198.18.0.0/15]
http: {operator: {listen: "127.0.0.1:$http"}, public: {enabled: false}}
geo: {file: ${GEO:-$PWD/bin/geo.db}}
Y
}

fastnetmon_config() { # FILE [NOTIFY SCRIPT]
  cat >"$1" <<Y
logging_level = info
disable_usage_report = on
enable_ban = on
process_incoming_traffic = on
process_outgoing_traffic = on
dump_all_traffic = off
networks_list_path = $dir/fnm.networks
white_list_path = $dir/fnm.white
check_period = 1
enable_connection_tracking = on
ban_for_pps = on
ban_for_bandwidth = on
ban_for_flows = off
threshold_pps = 20000
threshold_mbps = 100000
ban_time = 1900
average_calculation_time = 5
speed_calculation_delay = 1
netflow = on
netflow_port = $flow
netflow_host = 127.0.0.1
netflow_sampling_ratio = 1
sflow = on
sflow_port = $sflow
sflow_host = 127.0.0.1
monitor_local_ip_addresses = off
notify_script_path = ${2:-$dir/none.sh}
pid_path = $dir/fnm.pid
cli_stats_file_path = $dir/fnm.dat
cli_stats_ipv6_file_path = $dir/fnm6.dat
enable_api = off
prometheus = off
redis_enabled = off
mirror_afpacket = off
pcap = off
sort_parameter = packets
max_ips_in_list = 7
Y
}

prepare_peers() {
  local name
  for name in fastnetmon nfcapd; do
    command -v "$name" >/dev/null || { echo "$name is not installed (Debian: apt-get install fastnetmon nfdump)" >&2; exit 1; }
  done
  [ -x "$dir/goflow2" ] || GOBIN="$dir" go install github.com/netsampler/goflow2/v2/cmd/goflow2@v2.2.6
  [ "$(id -u)" = 0 ] && sysctl -qw net.core.rmem_max=67108864 net.core.rmem_default=33554432 2>/dev/null ||
    echo "receive buffers could not be raised (net.core.rmem_max); peers may lose datagrams" >&2
  floodmark_config raw true
  floodmark_config rollups false
  echo 198.18.0.0/15 >"$dir/fnm.networks"
  : >"$dir/fnm.white"
  printf '#!/bin/sh\ncat >/dev/null\n' >"$dir/none.sh"
  chmod +x "$dir/none.sh"
  fastnetmon_config "$dir/fnm.conf"
}

start_floor() { exec "$dir/send" floor -listen "127.0.0.1:$(port "$1")"; }
start_raw() { rm -rf "$dir/data"; exec "$program" serve --config "$dir/raw.yaml" --data "$dir/data"; }
start_rollups() { rm -rf "$dir/data"; exec "$program" serve --config "$dir/rollups.yaml" --data "$dir/data"; }
start_fastnetmon() { exec fastnetmon --disable_pid_logic --configuration_file "$dir/fnm.conf" --log_file "$dir/fnm.log"; }
start_nfcapd() { rm -rf "$dir/nf"; mkdir "$dir/nf"; exec nfcapd -w "$dir/nf" -b 127.0.0.1 -p "$flow" -B 33554432; }
start_goflow2() { exec "$dir/goflow2" -listen "$([ "$1" = sflow ] && echo sflow || echo netflow)://127.0.0.1:$(port "$1")" -format bin -transport file -transport.file /dev/null; }
