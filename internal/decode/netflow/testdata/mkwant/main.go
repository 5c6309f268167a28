// Command mkwant prints what tshark reads in a recording of NetFlow or IPFIX,
// one flow a line, for the tests to compare with:
//
//	go run ./internal/decode/netflow/testdata/mkwant FILE.pcap > FILE.want
//
// Columns: source, destination, ports, protocol, packets, octets, TCP flags,
// ICMP type and code in one, start and end, each as tshark shows it and "-" where it
// shows none. A reverse direction (RFC 5103) is printed as "reverse packets
// octets flags" on the line after, if it carried any packets. Times of NetFlow are those since boot.
package main

import (
	"encoding/xml"
	"fmt"
	"log"
	"os"
	"os/exec"
	"strings"
)

type node struct {
	Name     string `xml:"name,attr"`
	Show     string `xml:"show,attr"`
	Showname string `xml:"showname,attr"`
	Value    string `xml:"value,attr"`
	Fields   []node `xml:"field"`
	Protos   []node `xml:"proto"`
}

type pdml struct {
	Packets []node `xml:"packet"`
}

func main() {
	out, err := exec.Command("tshark", "-r", os.Args[1], "-d", "udp.port==2055,cflow", "-T", "pdml").Output()
	if err != nil {
		log.Fatal(err)
	}
	var doc pdml
	if err := xml.Unmarshal(out, &doc); err != nil {
		log.Fatal(err)
	}
	for _, p := range doc.Packets {
		for _, proto := range p.Protos {
			if proto.Name == "cflow" {
				walk(proto)
			}
		}
	}
}

func walk(n node) {
	if strings.HasPrefix(n.Show, "Flow ") || strings.HasPrefix(n.Show, "pdu ") {
		flow(n)
		return
	}
	for _, f := range n.Fields {
		walk(f)
	}
}

func flow(n node) {
	fwd, rev := map[string]string{}, map[string]string{}
	collect(n, fwd, rev)
	get := func(m map[string]string, names ...string) string {
		for _, name := range names {
			if v, ok := m["cflow."+name]; ok {
				return v
			}
		}
		return "-"
	}
	if get(fwd, "srcaddr", "srcaddrv6") == "-" {
		return // an options record
	}
	if v, ok := fwd["cflow.icmp_ipv6_type"]; ok {
		var kind, code int
		fmt.Sscan(v, &kind)
		fmt.Sscan(fwd["cflow.icmp_ipv6_code"], &code)
		fwd["cflow.icmp"] = fmt.Sprintf("0x%02x%02x", kind, code)
	}
	fmt.Println(strings.Join([]string{
		get(fwd, "srcaddr", "srcaddrv6"), get(fwd, "dstaddr", "dstaddrv6"), get(fwd, "srcport"), get(fwd, "dstport"),
		get(fwd, "protocol"), get(fwd, "packets"), get(fwd, "octets"), get(fwd, "tcpflags"),
		get(fwd, "icmp_type_code_ipv4", "icmp"),
		get(fwd, "timestart", "abstimestart"), get(fwd, "timeend", "abstimeend"),
	}, "\t"))
	if p := get(rev, "packets"); p != "-" && p != "0" {
		fmt.Println(strings.Join([]string{"reverse", get(rev, "packets"), get(rev, "octets"), get(rev, "tcpflags")}, "\t"))
	}
}

func collect(n node, fwd, rev map[string]string) {
	for _, f := range n.Fields {
		m := fwd
		if strings.Contains(f.Showname, "(Reverse ") {
			m = rev
		}
		if _, known := m[f.Name]; !known && f.Name != "" {
			m[f.Name] = f.Show
		}
		collect(f, fwd, rev)
	}
}
