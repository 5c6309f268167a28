package payload

import "fmt"

// tlv appends a BER element (X.690) with definite length.
func tlv(b []byte, tag byte, content []byte) []byte {
	b = append(b, tag)
	switch n := len(content); {
	case n < 128:
		b = append(b, byte(n))
	case n < 256:
		b = append(b, 0x81, byte(n))
	default:
		b = append(b, 0x82, byte(n>>8), byte(n))
	}
	return append(b, content...)
}

func seq(parts ...[]byte) []byte {
	var c []byte
	for _, p := range parts {
		c = append(c, p...)
	}
	return c
}

func integer(v uint64) []byte {
	c := []byte{byte(v>>24) & 0x7f, byte(v >> 16), byte(v >> 8), byte(v)}
	for len(c) > 1 && c[0] == 0 && c[1] < 128 {
		c = c[1:]
	}
	return tlv(nil, 2, c)
}

func octetString(s string) []byte { return tlv(nil, 4, []byte(s)) }

// snmp builds a v2c message (RFC 3416) around variable bindings.
func snmp(b []byte, pdu byte, id uint64, binds []byte) []byte {
	body := seq(integer(id&0x7fffffff), integer(0), integer(0), tlv(nil, 0x30, binds))
	return tlv(b, 0x30, seq(integer(1), octetString("public"), tlv(nil, pdu, body)))
}

// ifOID is 1.3.6.1.2.1.2.2.1.column.row of the interfaces table.
func ifOID(column, row byte) []byte {
	return tlv(nil, 6, []byte{0x2b, 6, 1, 2, 1, 2, 2, 1, column, row})
}

func snmpGet(b []byte, g *Gen) []byte {
	var binds []byte
	for i := range byte(8) {
		binds = tlv(binds, 0x30, seq(ifOID(10+i%2*6, 1+i/2), tlv(nil, 5, nil)))
	}
	return snmp(b, 0xa0, g.Xact, binds)
}

func snmpAnswer(b []byte, g *Gen) []byte {
	var binds []byte
	for i := range byte(8) {
		v := uint32(g.Xact>>8) + uint32(i)*7919
		binds = tlv(binds, 0x30, seq(ifOID(10+i%2*6, 1+i/2), tlv(nil, 0x41, []byte{0, byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)})))
	}
	return snmp(b, 0xa2, g.Xact, binds)
}

// snmpBulk is the answer to GetBulk with many repetitions: one to a few
// kilobytes, as much as the device will send.
func snmpBulk(b []byte, g *Gen) []byte {
	var binds []byte
	n := between(g.Host, 22, 60)
	if g.Host%5 == 0 {
		n = between(g.Host, 60, 120)
	}
	binds = tlv(binds, 0x30, seq(tlv(nil, 6, []byte{0x2b, 6, 1, 2, 1, 1, 1, 0}),
		octetString(fmt.Sprintf("RouterOS RB%d, Linux 3.10.49 mips %x", 400+g.Host%800, uint16(g.Host)))))
	for i := range n {
		binds = tlv(binds, 0x30, seq(ifOID(2, byte(1+i)), octetString(fmt.Sprintf("GigabitEthernet0/%d.%d", g.Host%4, i))))
	}
	return snmp(b, 0xa2, g.Xact, binds)
}

func ldapAttr(name string, values ...string) []byte {
	var set []byte
	for _, v := range values {
		set = tlv(set, 4, []byte(v))
	}
	return tlv(nil, 0x30, seq(octetString(name), tlv(nil, 0x31, set)))
}

// ldapEntry is a SearchResultEntry and the SearchResultDone behind it (RFC 4511).
func ldapEntry(b []byte, id uint64, attrs []byte) []byte {
	entry := seq(octetString(""), tlv(nil, 0x30, attrs))
	b = tlv(b, 0x30, seq(integer(id), tlv(nil, 0x64, entry)))
	done := seq(tlv(nil, 10, []byte{0}), octetString(""), octetString(""))
	return tlv(b, 0x30, seq(integer(id), tlv(nil, 0x65, done)))
}

func cldapQuery(b []byte, g *Gen) []byte {
	match := func(k, v string) []byte { return tlv(nil, 0xa3, seq(octetString(k), octetString(v))) }
	filter := tlv(nil, 0xa0, seq(match("DnsDomain", "ad.example"), match("Host", "PC17"), match("NtVer", "\x16\x00\x00\x00")))
	req := seq(octetString(""), tlv(nil, 10, []byte{0}), tlv(nil, 10, []byte{0}), integer(0), integer(0), tlv(nil, 1, []byte{0}), filter, tlv(nil, 0x30, octetString("Netlogon")))
	return tlv(b, 0x30, seq(integer(1+g.Xact&0xff), tlv(nil, 0x63, req)))
}

// cldapNetlogon is a domain controller's answer to a member of its domain:
// NETLOGON_SAM_LOGON_RESPONSE_EX (MS-ADTS section 6.3.1.9).
func cldapNetlogon(b []byte, g *Gen) []byte {
	v := []byte{23, 0, 0, 0, 0xfd, 0xf3, 3, 0}
	v = noise(v, 16, 99)
	v = Name(v, "ad.example")
	v = append(v, 0xc0, 24, 3, 'd', 'c', '1', 0xc0, 24, 2, 'A', 'D', 0, 3, 'D', 'C', '1', 0, 0)
	v = Name(v, "Default-First-Site-Name")
	v = append(v, 0xc0, byte(len(v)-25), 5, 0, 0, 0, 0xff, 0xff, 0xff, 0xff)
	return ldapEntry(b, 1+g.Xact&0xff, ldapAttr("Netlogon", string(v)))
}

// cldapRoot is the whole root entry of a directory, which an abused server sends.
func cldapRoot(b []byte, g *Gen) []byte {
	dn := fmt.Sprintf("DC=corp%d,DC=example", g.Host%9000)
	host := fmt.Sprintf("SRV-DC%d", g.Host%90)
	attrs := seq(
		ldapAttr("currentTime", "20260615120000.0Z"),
		ldapAttr("subschemaSubentry", "CN=Aggregate,CN=Schema,CN=Configuration,"+dn),
		ldapAttr("dsServiceName", "CN=NTDS Settings,CN="+host+",CN=Servers,CN=Default-First-Site-Name,CN=Sites,CN=Configuration,"+dn),
		ldapAttr("namingContexts", dn, "CN=Configuration,"+dn, "CN=Schema,CN=Configuration,"+dn, "DC=DomainDnsZones,"+dn, "DC=ForestDnsZones,"+dn),
		ldapAttr("defaultNamingContext", dn), ldapAttr("schemaNamingContext", "CN=Schema,CN=Configuration,"+dn),
		ldapAttr("configurationNamingContext", "CN=Configuration,"+dn), ldapAttr("rootDomainNamingContext", dn))
	var oids []string
	for i := range between(g.Host, 28, 39) {
		oids = append(oids, fmt.Sprintf("1.2.840.113556.1.4.%d", 319+i*37))
	}
	attrs = append(attrs, ldapAttr("supportedControl", oids...)...)
	attrs = append(attrs, ldapAttr("supportedLDAPVersion", "3", "2")...)
	attrs = append(attrs, ldapAttr("supportedLDAPPolicies", "MaxPoolThreads", "MaxPercentDirSyncRequests", "MaxDatagramRecv", "MaxReceiveBuffer", "InitRecvTimeout", "MaxConnections", "MaxConnIdleTime", "MaxPageSize", "MaxBatchReturnMessages", "MaxQueryDuration", "MaxDirSyncDuration", "MaxTempTableSize", "MaxResultSetSize", "MinResultSets", "MaxResultSetsPerConn", "MaxNotificationPerConn", "MaxValRange", "ThreadMemoryLimit", "SystemMemoryLimitPercent")...)
	attrs = append(attrs, ldapAttr("highestCommittedUSN", fmt.Sprint(g.Host%9000000))...)
	attrs = append(attrs, ldapAttr("supportedSASLMechanisms", "GSSAPI", "GSS-SPNEGO", "EXTERNAL", "DIGEST-MD5")...)
	attrs = append(attrs, ldapAttr("dnsHostName", host+".corp.example")...)
	return ldapEntry(b, 7, attrs)
}
