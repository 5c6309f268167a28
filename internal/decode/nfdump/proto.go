package nfdump

// protocolNames are the names that nfdump prints for protocols 0 to 137, where
// it does not print the number ("-"). They were read off nfdump 1.7.1; of the
// two that it calls IDPR the first is taken.
const protocolNames = "- ICMP IGMP GGP IPIP ST TCP CBT EGP IGP BBN NVPII PUP ARGUS ENCOM XNET CHAOS UDP " +
	"MUX DCN HMP PRM XNS Trnk1 Trnk2 Leaf1 Leaf2 RDP IRTP ISO-4 NETBK MFESP MEINP DCCP 3PC IDPR XTP DDP " +
	"IDPR TP++ IL IPv6 SDRP Rte6 Frag6 IDRP RSVP GRE MHRP BNA ESP AH INLSP SWIPE NARP MOBIL TLSP SKIP " +
	"ICMP6 NOHE6 OPTS6 HOST CFTP NET SATNT KLAN RVD IPPC FS SATM VISA IPCV CPNX CPHB WSN PVP BSATM SUNND " +
	"WBMON WBEXP ISOIP VMTP SVMTP VINES TTP NSIGP DGP TCF EIGRP OSPF S-RPC LARP MTP AX.25 OS MICP SCCSP " +
	"ETHIP ENCAP - GMTP IFMP PNNI PIM ARIS SCPS QNX A/N IPcmp SNP CpqPP IPXIP VRRP PGM 0hop L2TP DDX IATP " +
	"STP SRP UTI SMP SM PTP ISIS4 FIRE CRTP CRUDP - IPLT SPS PIPE SCTP FC - MHEAD UDP-L MPLS"

// protocol reads a protocol's number or name.
func protocol(b []byte) (uint8, bool) {
	switch string(b) {
	case "TCP":
		return 6, true
	case "UDP":
		return 17, true
	case "ICMP":
		return 1, true
	case "ICMP6", "IPv6-ICMP":
		return 58, true
	}
	if v, ok := number(b); ok {
		return uint8(v), v <= 255
	}
	if len(b) == 0 {
		return 0, false
	}
	n, start := 0, 0
	for i := 0; i <= len(protocolNames); i++ {
		if i < len(protocolNames) && protocolNames[i] != ' ' {
			continue
		}
		if protocolNames[start:i] == string(b) {
			return uint8(n), string(b) != "-"
		}
		n, start = n+1, i+1
	}
	return 0, false
}
