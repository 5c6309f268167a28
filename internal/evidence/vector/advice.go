package vector

// Advice is text for people: what can be done now, what it costs, and where a
// filter by source address would hit the wrong ones.
var (
	adviceSyn = []string{
		"Switch SYN cookies on at the target (Linux: net.ipv4.tcp_syncookies) and enlarge the backlog: they cost no legitimate user.",
		"Where the path is full: let a SYN proxy upstream answer for the target, or limit SYNs to the target's port.",
		"Where the SYNs share a mark (no options, one window, one length), match on it upstream: BGP FlowSpec on destination, TCP flags and packet length.",
		"Do not block by source address while the spoofing verdict is spoofed or undecided.",
	}
	adviceSynAck = []string{
		"Drop SYN-ACKs that answer no SYN of the target: stateful at its edge, or stateless by BGP FlowSpec (destination, protocol TCP, flags SYN+ACK) where the target opens no connections.",
		"The sources are other people's servers: blocking them blocks the services that they run. Rate limits per source are safer than block lists.",
		"Ask the target's upstreams to trace the forged SYNs: they carry the target's address as source.",
	}
	adviceAck = []string{
		"Drop segments that belong to no connection in a stateful filter with room for its table, or let a proxy stand before the target.",
		"Where length, window or ports are constant, match on them upstream with BGP FlowSpec.",
		"Do not block by source address while the spoofing verdict is spoofed or undecided.",
	}
	adviceRst = []string{
		"Check first whether these RSTs answer the target's own SYN-ACKs: then they come from hosts whose addresses were forged, and the SYN flood is what must be stopped.",
		"Otherwise limit RSTs that belong to no connection.",
	}
	adviceAbnormal = []string{
		"Drop these flag combinations: no ordinary connection uses them (BGP FlowSpec type 9, or a packet filter before the target).",
	}
	adviceMiddlebox = []string{
		"Drop data from ports 80 and 443 that belongs to no connection of the target: stateful, or by BGP FlowSpec on destination and source port where the target is no web client.",
		"The sources are censoring or filtering middleboxes that answer in the name of other hosts: their places say nothing of the attacker's.",
	}
	adviceHTTP = []string{
		"Limit requests per client and serve from a cache; challenge clients where users can bear it.",
		"Match what the requests share (path, header order, user agent) rather than addresses: sources are real, and many may stand behind one address.",
		"Make sure that the origin answers only its protecting proxy.",
	}
	adviceSlow = []string{
		"Shorten header and body timeouts, limit connections per client, put an event-driven proxy before the server.",
	}
	adviceStomp = []string{
		"The handshake was completed, so the sources are real: limit by source network, and drop data that breaks the protocol spoken on the port.",
	}
	adviceUDP = []string{
		"Allow only the UDP services that the target offers or uses; drop the rest upstream (BGP FlowSpec on destination, protocol UDP and, where constant, port or packet length).",
		"Do not block by source address while the spoofing verdict is spoofed or undecided.",
	}
	adviceVSE = []string{
		"Limit server queries per source or answer them from a cache; servers that challenge (A2S_INFO with challenge) answer forged queries with few octets.",
	}
	adviceDNSQuery = []string{
		"Use response rate limiting, and add servers or anycast before dropping queries: resolvers of legitimate users are among the sources.",
		"Never list the sources as bots: they are mostly resolvers, or forged.",
	}
	adviceTorture = []string{
		"On resolvers: limit queries per zone and cache negative answers from NSEC records (RFC 8198). On authoritative servers: serve the zone from more places, rate-limit negative answers.",
		"Never list the sources as bots: they are mostly the resolvers of legitimate users.",
	}
	adviceICMP = []string{
		"Limit echo upstream; keep packet too big (ICMPv6 type 2, ICMP type 3 code 4), or path MTU discovery breaks.",
		"Errors that quote packets of the target tell that somebody sends in its name: keep some as evidence.",
	}
	adviceGRE = []string{
		"Drop IP protocol 47 towards the target upstream (BGP FlowSpec type 3) unless it ends GRE tunnels; then allow its known peers.",
	}
	adviceProto = []string{
		"Allow the IP protocols that the target uses and drop the others upstream (BGP FlowSpec type 3).",
	}
	adviceFragment = []string{
		"Treat fragments with the vector whose datagrams they belong to; where none is known, limit fragments upstream (BGP FlowSpec type 12) and mind that long DNS answers need them.",
	}
	adviceUnknown = []string{
		"Look at the specimens before filtering anything.",
	}
	adviceReflect = []string{
		"Drop UDP from this source port to the target upstream (BGP FlowSpec on destination, protocol and source port) where the target uses no such service.",
		"The sources are other people's open services, the requests carried the target's forged address: telling their networks helps, and their countries say nothing of the attacker's.",
	}
	adviceReflectEveryday = []string{
		"The target may use this service: allow its known servers, and limit or drop the rest of this source port upstream (BGP FlowSpec on destination, source port and, where it differs, packet length).",
		"The sources are other people's services, the requests carried the target's forged address: their countries say nothing of the attacker's.",
	}
	adviceDNS = []string{
		"Allow the target's own resolvers and drop or limit other UDP from port 53 together with the fragments that follow (BGP FlowSpec on destination, source port and packet length).",
		"A target that needs no DNS answers can have UDP from port 53 dropped altogether.",
		"The sources are open resolvers or authoritative servers: their countries say nothing of the attacker's.",
	}
	adviceNTP = []string{
		"Drop UDP from port 123 that is not 76 octets long (IPv4): answers that tell the time keep that length (BGP FlowSpec on source port and packet length).",
		"The sources are other people's time servers: their countries say nothing of the attacker's.",
	}
	adviceAnyPort = []string{
		"The answers come from ports of the reflectors' choice: match packet length or a payload prefix where equipment can, otherwise limit UDP to the target.",
		"The sources are other people's open services, the requests carried the target's forged address.",
	}
)
