#!/bin/bash
# Records and converts the files of this folder with other people's tools, in
# a network namespace of its own. Needs root, iproute2, ping, socat, and
# tshark with dumpcap, editcap and mergecap.
set -u
cd "$(dirname "$0")"
A=rec-a-$$ B=rec-b-$$
trap 'ip netns del $A; ip netns del $B' EXIT
ip netns add $A; ip netns add $B
ip -n $A link set lo up
ip -n $A link add v0 address 02:00:00:00:00:01 type veth peer name v0 address 02:00:00:00:00:02 netns $B
for n in $A $B; do ip netns exec $n sysctl -qw net.ipv6.conf.all.disable_ipv6=1; ip -n $n link set v0 up; done
ip -n $A addr add 192.0.2.1/24 dev v0; ip -n $B addr add 192.0.2.2/24 dev v0
ip -n $A addr add 198.51.100.1/32 dev lo

ip netns exec $A dumpcap -q -i v0 -i lo -w two.pcapng --capture-comment "two interfaces at once" 2>/dev/null & dump=$!
sleep 1.5
ip netns exec $A ping -c 3 -i 0.3 192.0.2.2 >/dev/null
ip netns exec $A ping -c 2 -i 0.3 198.51.100.1 >/dev/null
head -c 4000 /dev/zero | ip netns exec $A socat -u -b 4000 - UDP4-SENDTO:192.0.2.2:5000 >/dev/null 2>&1
sleep 1.5; kill -INT $dump; wait $dump
# The kernel's release is nobody's business: x for each character of it.
k=$(uname -r); LC_ALL=C sed -i "s/$k/${k//?/x}/g" two.pcapng; chmod 644 two.pcapng

editcap -F pcap two.pcapng micro.pcap
editcap -F nsecpcap -t 0.000000123 two.pcapng nano.pcap
editcap -F modpcap two.pcapng modified.pcap
editcap -F pcapng nano.pcap nano.pcapng
editcap -F pcapng -s 50 two.pcapng snapped.pcapng
editcap -F pcapng -a "2:a comment on a packet" --discard-capture-comment --capture-comment "another comment" two.pcapng comments.pcapng
editcap -F pcap -C 14 -L -T rawip micro.pcap raw.pcap
mergecap -F pcapng -w links.pcapng raw.pcap micro.pcap
cat two.pcapng links.pcapng nano.pcapng >sections.pcapng
rm raw.pcap
for f in *.pcap *.pcapng; do
  tshark -n -r $f -o frame.generate_md5_hash:TRUE -T fields -e frame.time_epoch -e frame.cap_len -e frame.len \
    -e frame.interface_id -e frame.section_number -e frame.encap_type -e frame.md5_hash 2>/dev/null >$f.want.tsv
done
