#!/bin/bash
# Writes what tshark reads in each recording of this folder beside it. A field
# that occurs several times in a packet (tunnels, quotes) gives several values.
set -eu
cd "$(dirname "$0")"
fields="frame.number frame.len frame.protocols eth.type
  ip.version ip.src ip.dst ip.proto ip.len ip.id ip.ttl ip.flags.mf ip.frag_offset
  ipv6.version ipv6.src ipv6.dst ipv6.plen ipv6.hlim ipv6.nxt ipv6.fraghdr.ident ipv6.fraghdr.offset ipv6.fraghdr.more ipv6.fraghdr.nxt
  tcp.srcport tcp.dstport tcp.flags tcp.seq_raw tcp.ack_raw tcp.window_size_value tcp.checksum tcp.options tcp.len
  udp.srcport udp.dstport udp.checksum udp.length icmp.type icmp.code icmp.checksum icmpv6.type icmpv6.code icmpv6.checksum
  sctp.srcport sctp.dstport gre.proto vxlan.vni"
args=(); for f in $fields; do args+=(-e "$f"); done
for f in *.pcap; do
  tshark -n -r "$f" -o ip.defragment:FALSE -o ipv6.defragment:FALSE -o tcp.desegment_tcp_streams:FALSE -o ip.tso_support:TRUE -d mpls.label==16,pwethcw \
    -T fields -E header=y -E occurrence=a -E aggregator=, "${args[@]}" 2>/dev/null >"${f%.pcap}.want.tsv"
done
tshark --version | head -1
