#!/bin/sh
# Prints what tshark reads in sfprobe.pcap: one sampled packet a line.
# Columns: source, destination (IPv4; IPv6), octets of the IPv4 packet, of the
# IPv6 payload, protocol and ports of what is inside.
exec tshark -r "$1" -T pdml | python3 -c '
import sys, xml.etree.ElementTree as ET
for packet in ET.parse(sys.stdin).getroot():
    flow = [p for p in packet if p.get("name") == "sflow"]
    for sample in flow[0].iter("field"):
        if not (sample.get("show") or "").startswith("Flow sample"):
            continue
        f = {}
        for x in list(sample.iter("field")) + list(sample.iter("proto")):
            f.setdefault(x.get("name"), x.get("show"))
        get = lambda *n: next((f[k] for k in n if k in f), "-")
        print("\t".join([get("ip.src", "ipv6.src"), get("ip.dst", "ipv6.dst"), get("ip.len"), get("ipv6.plen"),
            get("ip.proto", "ipv6.nxt"), get("tcp.srcport", "udp.srcport"), get("tcp.dstport", "udp.dstport")]))
'
