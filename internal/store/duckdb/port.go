package duckdb

// Sides of a service's port.
const (
	sideNone   = 0
	sideSource = 1
	sideDest   = 2
)

// serviceKey packs the port that tells what a flow is for, its side, the protocol
// and the class (see rollKey): the known port, else the lower one. ICMP's type and code stand in the
// destination port.
func serviceKey(ports uint32, proto, class uint8) uint64 {
	k := uint64(proto)<<8 | uint64(class)
	switch proto {
	case 6, 17, 132, 33, 136: // TCP, UDP, SCTP, DCCP, UDP-Lite (IANA protocol numbers)
		s, d := ports>>16, ports&0xffff
		// The smaller of (unknown, port, side); ports are random, so branches would be guessed wrong.
		v := min(unknown(s)<<31|s<<2|sideSource, unknown(d)<<31|d<<2|sideDest)
		return uint64(v>>2&0xffff)<<24 | uint64(v&3)<<16 | k
	case 1, 58: // ICMP, ICMPv6
		return uint64(ports&0xffff)<<24 | sideDest<<16 | k
	}
	return k
}

func unknown(p uint32) uint32 { return uint32(^knownPorts[p>>6]>>(p&63)) & 1 }

// knownPorts has the ports that are services: those below 1024, and of the others
// some that are common (IANA service names).
var knownPorts = func() (set [1024]uint64) {
	for p := 1; p < 1024; p++ {
		set[p>>6] |= 1 << (p & 63)
	}
	for _, p := range []uint16{1194, 1433, 1701, 1723, 1812, 1883, 1900, 1935, 2049, 3128, 3306, 3389, 3478, 3702, 4500, 4789, 5060, 5061, 5222,
		5353, 5432, 5683, 5900, 6379, 6881, 8000, 8080, 8443, 8883, 9100, 9200, 11211, 25565, 27015, 27017, 30120, 51820} {
		set[p>>6] |= 1 << (p & 63)
	}
	return
}()
