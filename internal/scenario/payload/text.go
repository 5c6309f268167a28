package payload

import (
	"fmt"
	"strings"
)

func oneByte(b []byte, g *Gen) []byte { return append(b, '\n') }

// chargen is lines of 72 rotating characters (RFC 864).
func chargen(b []byte, g *Gen) []byte {
	lines := between(g.Host, 14, 19)
	if g.Host%9 == 0 {
		lines = between(g.Host, 30, 88) // Windows sends more: fragments
	}
	for l := range lines {
		for c := range 72 {
			b = append(b, byte(' '+(l+c+int(g.Xact%5))%95))
		}
		b = append(b, '\r', '\n')
	}
	return b
}

func quote(b []byte, g *Gen) []byte {
	quotes := [...]string{
		"\"A wonderful fact to reflect upon, that every human creature is constituted\r\nto be that profound secret and mystery to every other.\"\r\nCharles Dickens (1812-70)\r\n",
		"\"When a stupid man is doing something he is ashamed of, he always declares\r\nthat it is his duty.\" George Bernard Shaw (1856-1950)\r\n",
		"\"We have no more right to consume happiness without producing it than to\r\nconsume wealth without producing it.\" George Bernard Shaw (1856-1950)\r\n",
		"\"The secret of being miserable is to have leisure to bother about whether\r\nyou are happy or not.  The cure for it is occupation.\"\r\nGeorge Bernard Shaw (1856-1950)\r\n",
	}
	return append(b, quotes[(g.Host+g.Xact)%uint64(len(quotes))]...)
}

func memcachedHead(b []byte, g *Gen) []byte {
	b = u16(b, int(g.Xact&0x3fff)) // clients count their requests
	return u16(u16(u16(b, g.I), max(g.Of, 1)), 0)
}

func memcachedGet(b []byte, g *Gen) []byte {
	return fmt.Appendf(memcachedHead(b, g), "get session:%08x\r\n", uint32(g.Xact>>16))
}

func memcachedSmall(b []byte, g *Gen) []byte {
	n := 120 + int(g.Xact>>20%900)
	b = fmt.Appendf(memcachedHead(b, g), "VALUE session:%08x 0 %d\r\n", uint32(g.Xact>>16), n)
	b = noise(b, n, g.Xact)
	return append(b, "\r\nEND\r\n"...)
}

// memcachedLarge is one datagram of an item that the attacker stored before.
func memcachedLarge(b []byte, g *Gen) []byte {
	at := len(b)
	b = memcachedHead(b, g)
	if g.I == 0 {
		b = fmt.Appendf(b, "VALUE a 0 %d\r\n", g.Of*1392-22)
	}
	return append(b, strings.Repeat("a", 1400-(len(b)-at))...)
}

func ssdpSearch(b []byte, g *Gen) []byte {
	return append(b, "M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\nMX: 2\r\nST: ssdp:all\r\n\r\n"...)
}

func ssdpAnswer(b []byte, g *Gen) []byte {
	kinds := [...]string{"upnp:rootdevice", "urn:schemas-upnp-org:device:InternetGatewayDevice:1", "urn:schemas-upnp-org:device:WANDevice:1",
		"urn:schemas-upnp-org:service:WANIPConnection:1", "urn:schemas-upnp-org:device:WANConnectionDevice:1", "urn:schemas-upnp-org:service:Layer3Forwarding:1"}
	servers := [...]string{"Linux/2.6.36 UPnP/1.0 MiniUPnPd/1.9", "Custom/1.0 UPnP/1.0 Proc/Ver", "Linux/3.14.0 UPnP/1.0 IpBridge/1.17.0", "ipos/7.0 UPnP/1.0 TL-WR841N/9.0", "Net-OS 5.xx UPnP/1.0"}
	st := kinds[(g.I+int(g.Host%3))%len(kinds)]
	id := fmt.Sprintf("uuid:%08x-dead-11e4-b2f1-%012x", uint32(g.Host), g.Host>>16)
	return fmt.Appendf(b, "HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=%d\r\nST: %s\r\nUSN: %s::%s\r\nEXT:\r\nSERVER: %s\r\nLOCATION: http://192.168.%d.1:%d/rootDesc.xml\r\n\r\n",
		[...]int{120, 1800, 100}[g.Host>>4%3], st, id, st, servers[g.Host>>9%uint64(len(servers))], g.Host>>13&1, between(g.Host, 1900, 65000))
}

func wsdProbe(b []byte, g *Gen) []byte {
	return fmt.Appendf(b, `<?xml version="1.0" encoding="UTF-8"?><e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" xmlns:w="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"><e:Header><w:MessageID>uuid:%016x</w:MessageID><w:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</w:To><w:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</w:Action></e:Header><e:Body><d:Probe><d:Types>dn:NetworkVideoTransmitter</d:Types></d:Probe></e:Body></e:Envelope>`, g.Xact)
}

func wsdMatch(b []byte, g *Gen) []byte {
	b = fmt.Appendf(b, `<?xml version="1.0" encoding="UTF-8"?><SOAP-ENV:Envelope xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope" xmlns:wsa="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" xmlns:dn="http://www.onvif.org/ver10/network/wsdl"><SOAP-ENV:Header><wsa:MessageID>uuid:%016x</wsa:MessageID><wsa:RelatesTo>uuid:%016x</wsa:RelatesTo><wsa:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/ProbeMatches</wsa:Action></SOAP-ENV:Header><SOAP-ENV:Body><d:ProbeMatches><d:ProbeMatch><wsa:EndpointReference><wsa:Address>urn:uuid:%016x</wsa:Address></wsa:EndpointReference><d:Types>dn:NetworkVideoTransmitter</d:Types><d:Scopes>`, g.Host, g.Xact, g.Host)
	for range between(g.Host, 3, 12) {
		b = append(b, "onvif://www.onvif.org/Profile/Streaming onvif://www.onvif.org/type/video_encoder "...)
	}
	return fmt.Appendf(b, `</d:Scopes><d:XAddrs>http://192.168.1.%d/onvif/device_service</d:XAddrs><d:MetadataVersion>10</d:MetadataVersion></d:ProbeMatch></d:ProbeMatches></SOAP-ENV:Body></SOAP-ENV:Envelope>`, g.Host%250)
}

func dhQuery(b []byte, g *Gen) []byte {
	const ask = `{"method":"DHDiscover.search","params":{"mac":"","uni":1}}` + "\n"
	return append(dhHead(b, len(ask)), ask...)
}

func dhHead(b []byte, n int) []byte {
	b = append(b, 0x20, 0, 0, 0, 'D', 'H', 'I', 'P', 0, 0, 0, 0, 0, 0, 0, 0)
	for range 2 {
		b = append(b, byte(n), byte(n>>8), 0, 0, 0, 0, 0, 0)
	}
	return b
}

func dhAnswer(b []byte, g *Gen) []byte {
	text := fmt.Sprintf(`{"mac":"3c:ef:8c:%02x:%02x:%02x","method":"client.notifyDevInfo","params":{"deviceInfo":{"AlarmInputChannels":%d,"AlarmOutputChannels":%d,"DeviceClass":"HCVR","DeviceID":"","DeviceType":"%s","Find":"BD","HttpPort":80,"IPv4Address":{"DefaultGateway":"192.168.1.1","DhcpEnable":false,"IPAddress":"192.168.1.%d","SubnetMask":"255.255.255.0"},"IPv6Address":{"DefaultGateway":"","DhcpEnable":null,"IPAddress":"\/64","LinkLocalAddress":"fe80::3eef:8cff:fe%02x:%02x\/64"},"Init":%d,"MachineName":"%s","Port":37777,"RemoteVideoInputChannels":0,"SerialNo":"%015X","Vendor":"Private","Version":"4.001.0000000.%d","VideoInputChannels":%d,"VideoOutputChannels":16}}}`+"\n",
		byte(g.Host), byte(g.Host>>8), byte(g.Host>>16), g.Host%17, g.Host%5, [...]string{"DHI-HCVR4108HS-S3", "DVR", "NVR", "IPC-HDW4431C-A"}[g.Host>>20%4], g.Host%250, byte(g.Host>>24), byte(g.Host>>32), g.Host&0xff, [...]string{"HCVR", "NVR", "DVR"}[g.Host>>30%3], g.Host>>4, g.Host%9, 4<<(g.Host%3))
	return append(dhHead(b, len(text)), text...)
}

func plexSearch(b []byte, g *Gen) []byte { return append(b, "M-SEARCH * HTTP/1.0"...) }

func plexAnswer(b []byte, g *Gen) []byte {
	return fmt.Appendf(b, "HTTP/1.0 200 OK\r\nContent-Type: plex/media-server\r\nHost: %040x.plex.direct\r\nName: home-%d\r\nPort: 32400\r\nResource-Identifier: %040x\r\nUpdated-At: 17%08d\r\nVersion: 1.41.%d.%d-%09x\r\n\r\n",
		g.Host, g.Host%100, g.Host^0x5555, g.Host%100000000, g.Host%8, 8000+g.Host%2000, g.Host>>28)
}

func jenkinsAnswer(b []byte, g *Gen) []byte {
	return fmt.Appendf(b, "<hudson><version>2.%d</version><url>http://build-%d.example:8080/</url><server-id>%032x</server-id><slave-port>50000</slave-port></hudson>", between(g.Host, 60, 218), g.Host%1000, g.Host)
}

func mssqlQuery(b []byte, g *Gen) []byte { return append(b, 2) }

func mssqlAnswer(b []byte, g *Gen) []byte {
	text := ""
	for i := range between(g.Host, 1, 4) {
		text += fmt.Sprintf("ServerName;SRV%d;InstanceName;%s;IsClustered;No;Version;%d.0.%d.0;tcp;%d;np;\\\\SRV%d\\pipe\\sql\\query;;", g.Host%999, [...]string{"MSSQLSERVER", "SQLEXPRESS", "ERP", "REPORTS"}[i], 11+g.Host%5, 2000+g.Host%4000, 1433+i*7, g.Host%999)
	}
	b = append(b, 5, byte(len(text)), byte(len(text)>>8))
	return append(b, text...)
}
