package vector

// svc numbers the services of the table, in its order.
type svc uint8

const (
	svcNone svc = iota
	svcAFS
	svcARMS
	svcBACnet
	svcBitTorrent
	svcCharGEN
	svcCitrixICA
	svcCLDAP
	svcCoAP
	svcCrestron
	svcDHDiscover
	svcDNS
	svcDTLS
	svcFiveM
	svcIKE
	svcIPMI
	svcJenkins
	svcKad
	svcL2TP
	svcLantronix
	svcMDNS
	svcMemcached
	svcMSSQL
	svcNATPMP
	svcNetBIOS
	svcNetis
	svcNTP
	svcOpenVPN
	svcPlex
	svcPortmap
	svcQOTD
	svcQuake
	svcQUIC
	svcRDP
	svcRIP
	svcSentinel
	svcSIP
	svcSLP
	svcSNMP
	svcSSDP
	svcSteam
	svcSTUN
	svcTFTP
	svcTP240
	svcUbiquiti
	svcVxWorks
	svcWSD
	svcXDMCP
	numServices
)

// serviceOf returns the service whose answers come from port p. It is the
// table's column Ports turned into code, because this is asked once per
// datagram; a test holds the two together.
func serviceOf(p uint16) svc {
	if p < 1024 {
		return lowPorts[p]
	}
	if p >= 49152 { // the dynamic ports of RFC 6335: only one service lives there
		if p == 53413 {
			return svcNetis
		}
		return svcNone
	}
	if p > 10000 {
		return highPort(p)
	}
	return middlePort(p)
}

func middlePort(p uint16) svc {
	switch p {
	case 1194:
		return svcOpenVPN
	case 1434:
		return svcMSSQL
	case 1604:
		return svcCitrixICA
	case 1701:
		return svcL2TP
	case 1900:
		return svcSSDP
	case 3283:
		return svcARMS
	case 3389:
		return svcRDP
	case 3478, 3479, 3480, 3481, 8088:
		return svcSTUN
	case 3702:
		return svcWSD
	case 4500:
		return svcIKE
	case 4672:
		return svcKad
	case 5060:
		return svcSIP
	case 5093:
		return svcSentinel
	case 5351:
		return svcNATPMP
	case 5353:
		return svcMDNS
	case 5683:
		return svcCoAP
	case 6881, 6882, 6883, 6884, 6885, 6886, 6887, 6888, 6889:
		return svcBitTorrent
	case 7001:
		return svcAFS
	}
	return svcNone
}

func highPort(p uint16) svc {
	switch p {
	case 10001:
		return svcUbiquiti
	case 10074:
		return svcTP240
	case 11211:
		return svcMemcached
	case 17185:
		return svcVxWorks
	case 27005, 27015, 27016, 27017, 27018, 27019, 27020, 27021, 27022, 27023, 27024, 27025, 27026, 27027, 27028, 27029, 27030:
		return svcSteam
	case 27950, 27960, 27961, 27962, 27963, 28960:
		return svcQuake
	case 30120:
		return svcFiveM
	case 30718:
		return svcLantronix
	case 32410, 32412, 32414:
		return svcPlex
	case 33848:
		return svcJenkins
	case 37810:
		return svcDHDiscover
	case 41794:
		return svcCrestron
	case 47808:
		return svcBACnet
	}
	return svcNone
}

// lowPorts is the same for the system ports.
var lowPorts = [1024]svc{
	17: svcQOTD, 19: svcCharGEN, 53: svcDNS, 69: svcTFTP, 80: svcQUIC, 111: svcPortmap, 123: svcNTP,
	137: svcNetBIOS, 161: svcSNMP, 177: svcXDMCP, 389: svcCLDAP, 427: svcSLP, 443: svcQUIC, 500: svcIKE,
	520: svcRIP, 623: svcIPMI,
}
