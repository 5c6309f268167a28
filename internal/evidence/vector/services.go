package vector

// Sources that many lines name.
const (
	ta14 = "factor: CISA alert TA14-017A"
	iana = "port: IANA service names and port numbers; "
)

// services is the table of services that reflect, sorted by name.
var services = [numServices]service{
	svcAFS:        {name: "afs", ports: []uint16{7001}, confirmed: AFS, byPort: AFSPort, payload: "Rx header of type 13 (version) from a server", source: iana, advice: adviceReflect},
	svcARMS:       {name: "arms", ports: []uint16{3283}, confirmed: ARMS, byPort: ARMSPort, payload: "00 01", source: iana, advice: adviceReflect},
	svcBACnet:     {name: "bacnet", ports: []uint16{47808}, confirmed: BACnet, byPort: BACnetPort, payload: "BVLC 81", source: iana, advice: adviceReflect},
	svcBFD:        {name: "bfd", ports: []uint16{3784}, confirmed: BFD, byPort: BFDPort, payload: "BFD control packet", source: iana, advice: adviceReflect},
	svcBitTorrent: {name: "bittorrent", ports: []uint16{6881, 6882, 6883, 6884, 6885, 6886, 6887, 6888, 6889}, confirmed: BitTorrent, byPort: BitTorrentPort, everyday: true, low: 3.8, high: 3.8, payload: "d1:rd2:id20:", source: ta14, advice: adviceReflectEveryday},
	svcCharGEN:    {name: "chargen", ports: []uint16{19}, confirmed: CharGEN, byPort: CharGENPort, low: 358.8, high: 358.8, payload: "the rotating pattern of printable characters", source: ta14, advice: adviceReflect},
	svcCitrixICA:  {name: "citrix-ica", ports: []uint16{1604}, confirmed: CitrixICA, byPort: CitrixICAPort, payload: "length and 02 fd a8 e3", source: iana, advice: adviceReflect},
	svcCLDAP:      {name: "cldap", ports: []uint16{389}, confirmed: CLDAP, byPort: CLDAPPort, minLen: 200, low: 56, high: 70, payload: "LDAPMessage with searchResEntry or searchResDone", source: ta14, advice: adviceReflect},
	svcCoAP:       {name: "coap", ports: []uint16{5683}, confirmed: CoAP, byPort: CoAPPort, payload: "response code class 2, 4 or 5", source: iana, advice: adviceReflect},
	svcCrestron:   {name: "crestron", ports: []uint16{41794}, confirmed: Crestron, byPort: CrestronPort, payload: "15 00 00 00", source: iana, advice: adviceReflect},
	svcDHDiscover: {name: "dhdiscover", ports: []uint16{37810}, confirmed: DHDiscover, byPort: DHDiscoverPort, minLen: 200, payload: "20 00 00 00 DHIP and JSON", source: iana, advice: adviceReflect},
	svcDNS:        {name: "dns", ports: []uint16{53}, confirmed: DNS, byPort: DNSPort, minLen: 400, everyday: true, low: 28, high: 54, payload: "DNS header with QR 1", source: ta14, advice: adviceDNS},
	svcDTLS:       {name: "dtls", ports: []uint16{443}, confirmed: DTLS, everyday: true, payload: "DTLS HelloVerifyRequest or ServerHello", source: iana, advice: adviceReflectEveryday},
	svcFiveM:      {name: "fivem", ports: []uint16{30120}, confirmed: FiveM, byPort: FiveMPort, everyday: true, payload: "ff ff ff ff infoResponse", source: iana, advice: adviceReflectEveryday},
	svcIKE:        {name: "ike", ports: []uint16{500, 4500}, confirmed: IKE, byPort: IKEPort, everyday: true, payload: "IKE answer", source: iana, advice: adviceReflectEveryday},
	svcIPMI:       {name: "ipmi", ports: []uint16{623}, confirmed: IPMI, byPort: IPMIPort, low: 1.1, high: 1.1, payload: "RMCP pong or IPMI response", source: iana, advice: adviceReflect},
	svcJenkins:    {name: "jenkins", ports: []uint16{33848}, confirmed: Jenkins, byPort: JenkinsPort, payload: "<hudson>", source: iana, advice: adviceReflect},
	svcKad:        {name: "kad", ports: []uint16{4672}, confirmed: Kad, byPort: KadPort, everyday: true, low: 16.3, high: 16.3, payload: "e4 and the opcode of a response", source: ta14, advice: adviceReflectEveryday},
	svcL2TP:       {name: "l2tp", ports: []uint16{1701}, confirmed: L2TP, byPort: L2TPPort, everyday: true, payload: "control message SCCRP or StopCCN", source: iana, advice: adviceReflectEveryday},
	svcLantronix:  {name: "lantronix", ports: []uint16{30718}, confirmed: Lantronix, byPort: LantronixPort, payload: "00 00 00 f7", source: iana, advice: adviceReflect},
	svcMDNS:       {name: "mdns", ports: []uint16{5353}, confirmed: MDNS, byPort: MDNSPort, low: 2, high: 10, payload: "DNS header with QR 1", source: ta14, advice: adviceReflect},
	svcMemcached:  {name: "memcached", ports: []uint16{11211}, confirmed: Memcached, byPort: MemcachedPort, low: 10000, high: 51000, payload: "frame header and a text answer", source: ta14, advice: adviceReflect},
	svcMSSQL:      {name: "mssql", ports: []uint16{1434}, confirmed: MSSQL, byPort: MSSQLPort, payload: "05 and length", source: iana, advice: adviceReflect},
	svcNATPMP:     {name: "nat-pmp", ports: []uint16{5351}, confirmed: NATPMP, byPort: NATPMPPort, payload: "version 0 with opcode 128 and up", source: iana, advice: adviceReflect},
	svcNetBIOS:    {name: "netbios", ports: []uint16{137}, confirmed: NetBIOS, byPort: NetBIOSPort, low: 3.8, high: 3.8, payload: "name service answer", source: ta14, advice: adviceReflect},
	svcNetis:      {name: "netis", ports: []uint16{53413}, confirmed: Netis, byPort: NetisPort, payload: "login text", source: iana, advice: adviceReflect},
	svcNTP:        {name: "ntp", ports: []uint16{123}, confirmed: NTP, byPort: NTPPort, minLen: 200, maxLen: 520, low: 556.9, high: 556.9, payload: "mode 7 or mode 6 with the response bit", source: ta14, advice: adviceNTP},
	svcOpenVPN:    {name: "openvpn", ports: []uint16{1194}, confirmed: OpenVPN, byPort: OpenVPNPort, everyday: true, payload: "P_CONTROL_HARD_RESET_SERVER", source: iana, advice: adviceReflectEveryday},
	svcPlex:       {name: "plex", ports: []uint16{32410, 32414}, confirmed: Plex, byPort: PlexPort, payload: "HTTP 200 with plex/media-server", source: iana, advice: adviceReflect},
	svcPortmap:    {name: "portmap", ports: []uint16{111}, confirmed: Portmap, byPort: PortmapPort, low: 7, high: 28, payload: "ONC RPC reply", source: ta14, advice: adviceReflect},
	svcQOTD:       {name: "qotd", ports: []uint16{17}, confirmed: QOTD, byPort: QOTDPort, low: 140.3, high: 140.3, payload: "printable text", source: ta14, advice: adviceReflect},
	svcQuake:      {name: "quake", ports: []uint16{27950, 27960, 27961, 27962, 27963, 28960}, confirmed: Quake, byPort: QuakePort, everyday: true, low: 63.9, high: 63.9, payload: "ff ff ff ff statusResponse", source: ta14, advice: adviceReflectEveryday},
	svcQUIC:       {name: "quic", ports: []uint16{80, 443}, confirmed: QUIC, byPort: QUICPort, everyday: true, payload: "long header of a server", source: iana, advice: adviceReflectEveryday},
	svcRDP:        {name: "rdp", ports: []uint16{3389}, confirmed: RDP, byPort: RDPPort, minLen: 1100, maxLen: 1280, everyday: true, payload: "SYN and ACK of MS-RDPEUDP", source: iana, advice: adviceReflectEveryday},
	svcRIP:        {name: "rip", ports: []uint16{520}, confirmed: RIP, byPort: RIPPort, low: 131.24, high: 131.24, payload: "command 2", source: ta14, advice: adviceReflect},
	svcSentinel:   {name: "sentinel", ports: []uint16{5093}, confirmed: Sentinel, byPort: SentinelPort, payload: "7a", source: iana, advice: adviceReflect},
	svcSIP:        {name: "sip", ports: []uint16{5060}, confirmed: SIP, byPort: SIPPort, everyday: true, payload: "SIP/2.0", source: iana, advice: adviceReflectEveryday},
	svcSLP:        {name: "slp", ports: []uint16{427}, confirmed: SLP, byPort: SLPPort, payload: "reply", source: iana, advice: adviceReflect},
	svcSNMP:       {name: "snmp", ports: []uint16{161}, confirmed: SNMP, byPort: SNMPPort, low: 6.3, high: 6.3, payload: "Response-PDU", source: ta14, advice: adviceReflect},
	svcSSDP:       {name: "ssdp", ports: []uint16{1900}, confirmed: SSDP, byPort: SSDPPort, low: 30.8, high: 30.8, payload: "HTTP/1.1 200 with ST or USN, from any port", source: ta14, advice: adviceAnyPort},
	svcSteam:      {name: "steam", ports: []uint16{27005, 27015, 27016, 27017, 27018, 27019, 27020, 27021, 27022, 27023, 27024, 27025, 27026, 27027, 27028, 27029, 27030}, confirmed: Steam, byPort: SteamPort, everyday: true, low: 5.5, high: 5.5, payload: "A2S answer", source: ta14, advice: adviceReflectEveryday},
	svcSTUN:       {name: "stun", ports: []uint16{3478, 8088, 37833}, confirmed: STUN, byPort: STUNPort, everyday: true, payload: "magic cookie, success or error response", source: iana, advice: adviceReflectEveryday},
	svcTFTP:       {name: "tftp", ports: []uint16{69}, confirmed: TFTP, low: 60, high: 60, payload: "DATA block 1 or ERROR", source: ta14, advice: adviceAnyPort},
	svcTP240:      {name: "tp240", ports: []uint16{10074}, confirmed: TP240, byPort: TP240Port, payload: "status line", source: iana, advice: adviceReflect},
	svcUbiquiti:   {name: "ubiquiti", ports: []uint16{10001}, confirmed: Ubiquiti, byPort: UbiquitiPort, payload: "discovery answer", source: iana, advice: adviceReflect},
	svcVxWorks:    {name: "vxworks", ports: []uint16{17185}, confirmed: VxWorks, byPort: VxWorksPort, payload: "ONC RPC reply", source: iana, advice: adviceReflect},
	svcWSD:        {name: "ws-discovery", ports: []uint16{3702}, confirmed: WSDiscovery, byPort: WSDiscoveryPort, payload: "SOAP ProbeMatches or Fault", source: iana, advice: adviceReflect},
	svcXDMCP:      {name: "xdmcp", ports: []uint16{177}, confirmed: XDMCP, byPort: XDMCPPort, payload: "Willing, Unwilling, …", source: iana, advice: adviceReflect},
}
