#!/bin/bash
# Records the packets of this folder with other people's tools, in network
# namespaces of its own: nothing leaves them. Needs root and tcpdump, tshark
# (with editcap and text2pcap), iproute2, ping, socat, hping3, nmap (with
# nping), mausezahn (netsniff-ng) and thc-ipv6. A new run gives other
# timestamps, ports and sequence numbers; ./want.sh then writes the readings.
set -u
cd "$(dirname "$0")"
A=rec-a-$$ R=rec-r-$$ B=rec-b-$$
tmp=$(mktemp -d)
trap 'for n in $A $R $B; do ip netns del $n 2>/dev/null; done; rm -rf "$tmp"' EXIT

# a (192.0.2.1) -- r -- b (198.51.100.1)
for n in $A $R $B; do
  ip netns add $n
  ip -n $n link set lo up
  ip netns exec $n sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.default.router_solicitations=0
done
ip -n $R link add r0 type veth peer name v0 netns $A
ip -n $R link add r1 type veth peer name v0 netns $B
up() { # namespace device last-octet-of-mac ipv4 ipv6
  ip -n $1 link set $2 address 02:00:00:00:00:0$3 mtu ${6:-1500}; ip -n $1 link set $2 addrgenmode none; ip -n $1 link set $2 up
  ip -n $1 addr add $4 dev $2
  ip -n $1 addr add $5 dev $2 nodad
}
up $A v0 1 192.0.2.1/24 2001:db8:0:1::1/64
up $R r0 2 192.0.2.254/24 2001:db8:0:1::254/64
up $R r1 3 198.51.100.254/24 2001:db8:0:2::254/64
up $B v0 4 198.51.100.1/24 2001:db8:0:2::1/64
ip netns exec $R sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
ip -n $A route add default via 192.0.2.254; ip -n $A -6 route add default via 2001:db8:0:1::254
ip -n $B route add default via 198.51.100.254; ip -n $B -6 route add default via 2001:db8:0:2::254
ip -n $R -6 neigh replace 2001:db8:0:2::1 lladdr 02:00:00:00:00:04 dev r1 nud permanent
ip -n $R -6 neigh replace 2001:db8:0:1::1 lladdr 02:00:00:00:00:01 dev r0 nud permanent
ip -n $B -6 neigh replace 2001:db8:0:2::254 lladdr 02:00:00:00:00:03 dev v0 nud permanent
a() { ip netns exec $A timeout 10 "$@" >/dev/null 2>&1; }
b() { ip netns exec $B timeout 10 "$@" >/dev/null 2>&1; }
start() { # file namespace interface [tcpdump options]
  local f=$1 n=$2 i=$3; shift 3
  rm -f $tmp/tcpdump.log; touch $tmp/tcpdump.log
  ip netns exec $n tcpdump -q -U --immediate-mode -Z root -i $i -w $f "$@" 2>>$tmp/tcpdump.log & dump=$!
  while ! grep -q listening $tmp/tcpdump.log; do sleep 0.1; done
}
stop() { sleep 0.3; kill -INT $dump; wait $dump 2>/dev/null; }
listen() { b socat -u $1 OPEN:/dev/null & sleep 0.3; }

# 1. Hosts: ping (also with options, too large, with too few hops), TCP, UDP, closed ports, odd protocols.
start hosts.pcap $A v0
a ping -c 2 -i 0.2 198.51.100.1; a ping -6 -c 2 -i 0.2 2001:db8:0:2::1
a ping -c 1 -s 3000 198.51.100.1; a ping -6 -c 1 -s 3000 2001:db8:0:2::1
a ping -c 1 -R 198.51.100.1; a ping -c 1 -T tsonly 198.51.100.1
a ping -c 1 -W 1 -t 1 198.51.100.1; a ping -6 -c 1 -W 1 -t 1 2001:db8:0:2::1
listen TCP4-LISTEN:8080; echo "hello over four" | a socat - TCP4:198.51.100.1:8080
listen TCP6-LISTEN:8080; echo "hello over six" | a socat - TCP6:[2001:db8:0:2::1]:8080
listen UDP4-RECV:5000; echo "a datagram" | a socat -u - UDP4-SENDTO:198.51.100.1:5000
head -c 2000 /dev/zero | a socat -u -b 2000 - UDP4-SENDTO:198.51.100.1:5000
listen UDP6-RECV:5000; echo "a datagram" | a socat -u - UDP6-SENDTO:[2001:db8:0:2::1]:5000
echo x | a socat -u - UDP4-SENDTO:198.51.100.1:5999; echo x | a socat -u - UDP6-SENDTO:[2001:db8:0:2::1]:5999
a hping3 -n -c 2 -i u1000 -S -p 9 --destport 9 198.51.100.1; a hping3 -n -c 1 -F -P -U -p 9 198.51.100.1; a hping3 -n -c 1 -X -Y -p 9 198.51.100.1
a hping3 -n -c 1 -p 9 198.51.100.1; a hping3 -n -c 1 -A -L 77 -M 0xc6336401 -w 0 -p 9 198.51.100.1
a hping3 -n -c 1 --rawip --ipproto 50 -d 40 198.51.100.1; a hping3 -n -c 1 --rawip --ipproto 253 -d 9 198.51.100.1; a hping3 -n -c 1 --rawip --ipproto 136 -d 12 198.51.100.1
a hping3 -n -c 1 --udp -p 7 -d 5 -x 198.51.100.1; a hping3 -n -c 1 --udp -p 7 -d 64 -g 24 198.51.100.1
a nmap -Pn -n -sY -p 36412 --max-retries 0 --host-timeout 3s 198.51.100.1
a nping --icmp --icmp-type 13 -c 1 198.51.100.1; a nping --udp -p 53 --badsum -c 1 --data-length 30 198.51.100.1
stop

# 2. Tags and labels, from mausezahn.
start tags.pcap $A v0
mz() { a mausezahn v0 -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 192.0.2.7 -B 198.51.100.9 "$@"; }
mz -Q 5 -t udp "sp=53,dp=4000" -P "one tag"; mz -Q 100,5 -t tcp "sp=80,dp=4001,flags=syn|ack,s=42,a=43,win=512"; mz -Q 1,2,3 -t icmp "type=3,code=1"
mz -M 100 -t udp "sp=123,dp=4002" -P "one label"; mz -M 16,17,18 -t tcp "sp=443,dp=4003,flags=rst"; mz -Q 9 -M 20 -t udp "sp=1900,dp=4004" -P "both"
stop

# 3. Tunnels: VXLAN from the kernel; GRE and IP in IP from hping3, whose data are packets recorded above.
ip -n $A link add vx type vxlan id 77 local 192.0.2.1 remote 198.51.100.1 dstport 4789 dev v0
ip -n $B link add vx type vxlan id 77 local 198.51.100.1 remote 192.0.2.1 dstport 4789 dev v0
up $A vx 5 203.0.113.1/24 2001:db8:0:3::1/64 1400; up $B vx 6 203.0.113.2/24 2001:db8:0:3::2/64 1400
inner() { # protocol filter -> the octets of the first such packet of hosts.pcap, from its IP header on
  tshark -r hosts.pcap -Y "$1" -w $tmp/all.pcap -F pcap 2>/dev/null; editcap -F pcap -r $tmp/all.pcap $tmp/one.pcap 1; tail -c +$((24 + 16 + 14 + 1)) $tmp/one.pcap
}
raw() { a hping3 -n -c 1 --rawip --ipproto $1 -d $(stat -c %s $tmp/data) -E $tmp/data 198.51.100.1; }
start tunnels.pcap $A v0
a ping -c 1 203.0.113.2; a ping -6 -c 1 2001:db8:0:3::2; listen TCP4-LISTEN:8081; echo inside | a socat - TCP4:203.0.113.2:8081
for head in '\x00\x00\x08\x00' '\x20\x00\x08\x00\x00\x00\x00\x07' '\xb0\x00\x08\x00\xab\xcd\x00\x00\x00\x00\x00\x07\x00\x00\x00\x01' '\x40\x00\x08\x00\x00\x00\x00\x00'; do
  { printf "$head"; inner 'ip && tcp.flags.syn==1'; } >$tmp/data; raw 47
done
{ printf '\x00\x00\x86\xdd'; inner 'icmpv6.type==128'; } >$tmp/data; raw 47
{ printf '\x00\x00\x65\x58\x02\x00\x00\x00\x00\x02\x02\x00\x00\x00\x00\x01\x08\x00'; inner 'udp.dstport==5000 && ip'; } >$tmp/data; raw 47
inner 'udp.dstport==5000 && ip' >$tmp/data; raw 4
inner 'icmpv6.type==128' >$tmp/data; raw 41
printf 'not a packet' >$tmp/data; raw 4
stop
ip -n $A link del vx; ip -n $B link del vx

# 4. IPv6 extension headers and fragments, from thc-ipv6.
start six.pcap $A v0 -s 200
ip netns exec $A timeout 30 atk6-implementation6 -p v0 2001:db8:0:2::1 >/dev/null 2>&1; a atk6-fragmentation6 -p v0 2001:db8:0:2::1 1; a atk6-thcping6 -H 1:C:0000 -D 1:3E v0 2001:db8:0:1::1 2001:db8:0:2::1
stop

# 5. Packets before segmentation: for IPv6 more than 64 KiB, so that the length field cannot tell.
for n in $A $B; do ip -n $n link set v0 gso_max_size 200000 gro_max_size 200000; done
for i in r0 r1; do ip -n $R link set $i gso_max_size 200000 gro_max_size 200000; done
for n in $A $B; do ip netns exec $n sysctl -qw net.ipv4.tcp_wmem="4096 4000000 8000000" net.ipv4.tcp_rmem="4096 4000000 8000000"; done
start $tmp/offload.pcap $A v0 -s 128 greater 20000
listen TCP4-LISTEN:8082; head -c 8000000 /dev/zero | a socat -u -b 1000000 - TCP4:198.51.100.1:8082
listen TCP6-LISTEN:8082; head -c 20000000 /dev/zero | a socat -u -b 1000000 - TCP6:[2001:db8:0:2::1]:8082
stop
tshark -r $tmp/offload.pcap -Y 'frame.len > 60000 && ip' -w $tmp/o4.pcap -F pcap 2>/dev/null
tshark -r $tmp/offload.pcap -Y 'frame.len > 66000 && ipv6' -w $tmp/o6.pcap -F pcap 2>/dev/null
editcap -F pcap -r $tmp/o4.pcap $tmp/p4.pcap 1-5; editcap -F pcap -r $tmp/o6.pcap $tmp/p6.pcap 1-5
mergecap -F pcap -w offload.pcap $tmp/p4.pcap $tmp/p6.pcap

sleep 3 # for the last of it
# 6. Other link types: cooked from tcpdump, the rest by taking the Ethernet header off hosts.pcap and putting another on.
start cooked.pcap $A any -y LINUX_SLL; a ping -c 1 198.51.100.1; a ping -6 -c 1 2001:db8:0:2::1; echo x | a socat -u - UDP4-SENDTO:198.51.100.1:5999; stop
start cooked2.pcap $A any -y LINUX_SLL2; a ping -c 1 198.51.100.1; a ping -6 -c 1 2001:db8:0:2::1; echo x | a socat -u - UDP4-SENDTO:198.51.100.1:5999; stop
tshark -r hosts.pcap -Y ip -w $tmp/h4.pcap -F pcap 2>/dev/null; tshark -r hosts.pcap -Y ipv6 -w $tmp/h6.pcap -F pcap 2>/dev/null
editcap -F pcap -r $tmp/h4.pcap $tmp/s4.pcap 1-12; editcap -F pcap -r $tmp/h6.pcap $tmp/s6.pcap 1-12
mergecap -F pcap -w $tmp/s.pcap $tmp/s4.pcap $tmp/s6.pcap
editcap -F pcap -C 14 -L -T rawip $tmp/s.pcap raw.pcap
editcap -F pcap -C 14 -L -T rawip4 $tmp/s4.pcap raw4.pcap
editcap -F pcap -C 14 -L -T rawip6 $tmp/s6.pcap raw6.pcap
relink() { # file link-type header-for-ipv4 header-for-ipv6 (hexadecimal)
  for v in 4 6; do
    head=$3; [ $v = 6 ] && head=$4
    # Each packet becomes one dump that begins at offset 0: header, then the packet from its IP header on.
    tshark -r $tmp/s$v.pcap -T jsonraw -j frame 2>/dev/null | grep -A1 '"frame_raw"' | grep -oE '[0-9a-f]{30,}' | while read -r hex; do
      printf '000000 '; printf '%s%s' "$head" "${hex:28}" | sed 's/../& /g'; printf '\n\n'
    done >$tmp/dump$v
  done
  cat $tmp/dump4 $tmp/dump6 | text2pcap -q -F pcap -l $2 - $1 2>/dev/null
}
relink null.pcap 0 02000000 1e000000
relink loop.pcap 108 00000002 00000018
relink ppp.pcap 9 ff030021 57
relink hdlc.pcap 104 0f000800 0f0086dd
relink pppoe.pcap 1 02000000000202000000000188641100000700c20021 02000000000202000000000188641100000700c20057
relink snap.pcap 1 0200000000020200000000010100aaaa030000000800 0200000000020200000000010100aaaa0300000086dd
macs=020000000002020000000001
# An Ethernet pseudowire with its control word (RFC 4448): label 16, bottom of the stack, then 4 octets of 0.
relink pseudowire.pcap 1 ${macs}88470001014000000000${macs}0800 ${macs}88470001014000000000${macs}86dd

# 7. Cut short: the Ethernet header and 16 to 52 octets of the rest.
for n in 30 34 38 47 54 66; do editcap -F pcap -s $n hosts.pcap $tmp/cut$n.pcap; done
mergecap -F pcap -a -w cut.pcap $tmp/cut30.pcap $tmp/cut34.pcap $tmp/cut38.pcap $tmp/cut47.pcap $tmp/cut54.pcap $tmp/cut66.pcap
