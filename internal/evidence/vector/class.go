package vector

import "floodmark/internal/model"

// Classes of records that are not the answer of a particular UDP service.
// The numbers are internal and may change between versions; slugs and names
// do not.
const (
	None model.Class = iota // nothing in particular: not IP traffic, or a record without a protocol

	TCPSyn          // SYN, no ACK, no data
	TCPSynData      // SYN with data
	TCPSynAck       // SYN-ACK from a port that services listen on
	TCPSynAckHigh   // SYN-ACK from any other port
	TCPAck          // ACK without data
	TCPData         // segment with data
	TCPHTTPRequest  // segment that starts an HTTP/1 request or an HTTP/2 connection
	TCPHTTPResponse // segment from a web port that starts an HTTP response or a page
	TCPRst          // RST without ACK
	TCPRstAck       // RST with ACK: the ordinary abort, and the answer of a closed port
	TCPRstData      // RST with data
	TCPFin          // FIN without ACK
	TCPFinAck       // FIN with ACK: the ordinary end
	TCPAbnormal     // a combination of flags that no TCP sends
	TCPConn         // flow record: flags of an ordinary connection or of its end
	TCPUnknown      // the flags are not told

	UDP           // a datagram that is nothing in particular
	UDPService    // ordinary traffic of an everyday service (QUIC data, ESP in UDP, short DNS answers by port)
	UDPVSE        // A2S_INFO query: ff ff ff ff 54 "Source Engine Query"
	DNSQuery      // a DNS query, seen in its payload
	DNSQueryPort  // to port 53, payload not available
	ICMPEcho      // echo request
	ICMPEchoReply // echo reply
	ICMPError     // unreachable, time exceeded, redirect, …
	ICMPOther     // any other type
	ICMPUnknown   // type not told
	GREIP         // GRE that carries IPv4 or IPv6
	GREEth        // GRE that carries Ethernet
	GREOther      // GRE that carries something else, or it is not told
	IPsec         // ESP and AH
	IPinIP        // IPv4 or IPv6 in IP
	SCTP          // SCTP
	ProtoRouting  // IGMP, EIGRP, OSPF, PIM, VRRP
	ProtoOther    // any other IP protocol
	Fragment      // a fragment that is not the first
	FlowPortsZero // flow record of TCP or UDP with both ports zero: how exporters show fragments

	NTPTime // NTP answer that tells the time (mode 4), which everyone gets

	firstService // services follow, see serviceClasses
)

// Classes of the answers of UDP services that reflect. X is confirmed by the
// payload; XPort has the right source port and length, and no payload to look
// at. DTLS and TFTP have no class by port: port 443 is taken for QUIC, and TFTP
// answers from a port of its own choice. Sentinel and TP-240 have no class by
// payload: no description of their answers was found.
const (
	AFS model.Class = firstService + iota
	AFSPort
	ARMS
	ARMSPort
	BACnet
	BACnetPort
	BitTorrent
	BitTorrentPort
	CharGEN
	CharGENPort
	CitrixICA
	CitrixICAPort
	CLDAP
	CLDAPPort
	CoAP
	CoAPPort
	Crestron
	CrestronPort
	DHDiscover
	DHDiscoverPort
	DNS
	DNSPort
	DTLS
	FiveM
	FiveMPort
	IKE
	IKEPort
	IPMI
	IPMIPort
	Jenkins
	JenkinsPort
	Kad
	KadPort
	L2TP
	L2TPPort
	Lantronix
	LantronixPort
	MDNS
	MDNSPort
	Memcached
	MemcachedPort
	MSSQL
	MSSQLPort
	NATPMP
	NATPMPPort
	NetBIOS
	NetBIOSPort
	Netis
	NetisPort
	NTP
	NTPPort
	OpenVPN
	OpenVPNPort
	Plex
	PlexPort
	Portmap
	PortmapPort
	QOTD
	QOTDPort
	Quake
	QuakePort
	QUIC
	QUICPort
	RDP
	RDPPort
	RIP
	RIPPort
	SentinelPort
	SIP
	SIPPort
	SLP
	SLPPort
	SNMP
	SNMPPort
	SSDP
	SSDPPort
	Steam
	SteamPort
	STUN
	STUNPort
	TFTP
	TP240Port
	Ubiquiti
	UbiquitiPort
	VxWorks
	VxWorksPort
	WSDiscovery
	WSDiscoveryPort
	XDMCP
	XDMCPPort

	numClasses
)

// The table of classes must fit the arrays of those who count by class.
var _ [model.MaxClasses - int(numClasses)]struct{}
