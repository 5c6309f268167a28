// Package capture takes the packets of one network interface from the kernel
// (AF_PACKET, TPACKET_V3 ring) and hands them on with their time and length.
//
// It deliberately does not decode, filter or write packets, and does not follow
// an interface that is removed: Run ends then, and a new one is opened. Linux
// only; needs CAP_NET_RAW. Both directions are seen, on the loopback interface
// each packet once. A VLAN tag that the driver or kernel took off the frame is
// not put back: the packet reads as untagged, and is counted. Where the machine
// joins packets before they are seen (GRO, LRO) counts of packets are too low;
// "ethtool -K IFACE gro off lro off" ends that.
//
// With several readers the kernel picks one by a hash of the flow (fragments
// after the first may go elsewhere). Run owns a goroutine and a thread for each
// and closes all at its end. Any goroutine may call Stats and LinkType. Packets
// lie in memory shared with the kernel, valid during the handler's call only.
package capture
