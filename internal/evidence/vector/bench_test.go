package vector

import (
	"testing"

	"floodmark/internal/model"
)

// benchmarks go round a few records of one sort, so that branches are
// predicted as they are in a flood.
func benchClassify(b *testing.B, records ...model.Record) {
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		n += int(Classify(&records[0]))
	}
	sink += n
}

func BenchmarkClassifySyn(b *testing.B)    { benchClassify(b, seg(0x02, 40000, "")) }
func BenchmarkClassifySynAck(b *testing.B) { benchClassify(b, seg(0x12, 8080, "")) }
func BenchmarkClassifyData(b *testing.B) {
	benchClassify(b, seg(0x18, 443, "\x17\x03\x03\x04\x00abcdefgh"))
}
func BenchmarkClassifyTCPFlow(b *testing.B) {
	benchClassify(b, tflow(0x1b, 443, 20, 900))
}
func BenchmarkClassifyUDPNoise(b *testing.B) { benchClassify(b, dgram(41234, 52000, noise)) }
func BenchmarkClassifyUDPFlow(b *testing.B)  { benchClassify(b, uflow(41234, 52000, 20, 900)) }
func BenchmarkClassifyDNS(b *testing.B) {
	benchClassify(b, dgram(53, 50000, dnsMsg(0x8180, "example.net", 46, 12, 1100)))
}
func BenchmarkClassifySNMP(b *testing.B) { benchClassify(b, dgram(161, 50000, snmp(1, 0xa2))) }
func BenchmarkClassifyNTP(b *testing.B) {
	benchClassify(b, dgram(123, 50000, cat(hexa("d700032a00060048"), zeros(432))))
}
func BenchmarkClassifySSDP(b *testing.B) {
	benchClassify(b, dgram(1900, 50000, []byte("HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=120\r\nST: upnp:rootdevice\r\nUSN: uuid:2fac\r\n\r\n")))
}
func BenchmarkClassifyICMP(b *testing.B) { benchClassify(b, icmp(1, 8, 0)) }

// BenchmarkClassifyMixed walks all fixtures: the worst case for branches.
func BenchmarkClassifyMixed(b *testing.B) {
	var records []model.Record
	for _, f := range allFixtures() {
		for _, s := range append(append([]sample(nil), f.is...), f.isNot...) {
			records = append(records, s.r)
		}
	}
	b.ReportAllocs()
	i, n := 0, 0
	for b.Loop() {
		n += int(Classify(&records[i]))
		if i++; i == len(records) {
			i = 0
		}
	}
	sink += n
}

func BenchmarkDNSQuestion(b *testing.B) {
	p := dnsMsg(0x0100, "k3j9x2q8w1zz.www.example.net", 1, 0, 0)
	b.ReportAllocs()
	for b.Loop() {
		q, _ := DNSQuestion(p)
		sink += q.Labels
	}
}

func BenchmarkHTTPRequest(b *testing.B) {
	p := []byte("GET /index.html?q=1 HTTP/1.1\r\nHost: www.example.net\r\nUser-Agent: Mozilla/5.0\r\nAccept: */*\r\n\r\n")
	b.ReportAllocs()
	for b.Loop() {
		q, _ := HTTPRequest(p)
		sink += len(q.Host)
	}
}
