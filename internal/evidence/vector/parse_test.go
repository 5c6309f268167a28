package vector

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestDNSQuestion(t *testing.T) {
	long := strings.Repeat("a", 63)
	cases := []struct {
		what   string
		in     []byte
		ok     bool
		labels []string
		qtype  uint16
		answer bool
		rcode  uint8
	}{
		{"query", dnsMsg(0x0100, "k3j9x2q8.www.example.net", 28, 0, 0), true, []string{"k3j9x2q8", "www", "example", "net"}, 28, false, 0},
		{"NXDOMAIN", dnsMsg(0x8183, "nx.example.net", 1, 0, 40), true, []string{"nx", "example", "net"}, 1, true, 3},
		{"with answers", dnsMsg(0x8180, "example.net", 46, 12, 900), true, []string{"example", "net"}, 46, true, 0},
		{"the root", cat(hexa("1a2b0100000100000000000000"), uint16(2), uint16(1)), true, nil, 2, false, 0},
		{"the longest name", dnsMsg(0x0100, long+"."+long+"."+long+"."+long[:61], 1, 0, 0), true, []string{long, long, long, long[:61]}, 1, false, 0},
		{"a name of 256 octets", dnsMsg(0x0100, long+"."+long+"."+long+"."+long[:62], 1, 0, 0), false, nil, 0, false, 0},
		{"a pointer to itself", cat(hexa("1a2b01000001000000000000c00c"), uint16(1), uint16(1)), false, nil, 0, false, 0},
		{"a label type that is not used", cat(hexa("1a2b0100000100000000000041"), zeros(80)), false, nil, 0, false, 0},
		{"name cut short", dnsMsg(0x0100, "example.net", 1, 0, 0)[:20], false, nil, 0, false, 0},
		{"type cut short", dnsMsg(0x0100, "example.net", 1, 0, 0)[:27], false, nil, 0, false, 0},
		{"no question", cat(hexa("1a2b81800000000100000000"), zeros(30)), false, nil, 0, false, 0},
		{"eleven octets", zeros(11), false, nil, 0, false, 0},
		{"nothing", nil, false, nil, 0, false, 0},
	}
	for _, c := range cases {
		q, ok := DNSQuestion(c.in)
		if ok != c.ok {
			t.Errorf("%s: ok is %v", c.what, ok)
			continue
		}
		var labels []string
		for l, rest := nextLabel(q.Name); l != nil; l, rest = nextLabel(rest) {
			labels = append(labels, string(l))
		}
		if d := cmp.Diff(c.labels, labels); d != "" {
			t.Errorf("%s: labels:\n%s", c.what, d)
		}
		if q.Labels != len(c.labels) || q.Type != c.qtype || q.Response != c.answer || q.Rcode != c.rcode {
			t.Errorf("%s: %+v", c.what, q)
		}
	}
}

// TestDNSQuestionOfAnyName: whatever labels are written come back.
func TestDNSQuestionOfAnyName(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		labels := rapid.SliceOfN(rapid.StringMatching(`[a-z0-9-]{1,20}`), 1, 10).Draw(t, "labels")
		qtype := rapid.Uint16().Draw(t, "type")
		q, ok := DNSQuestion(dnsMsg(0x0100, strings.Join(labels, "."), qtype, 0, rapid.IntRange(0, 20).Draw(t, "rest")))
		if !ok || q.Type != qtype || q.Labels != len(labels) {
			t.Fatalf("got %+v, %v", q, ok)
		}
		rest := q.Name
		for _, want := range labels {
			var l []byte
			if l, rest = nextLabel(rest); string(l) != want {
				t.Fatalf("label %q, want %q", l, want)
			}
		}
	})
}

func TestHTTPRequest(t *testing.T) {
	type head struct {
		Method, Target, Path, Host, Agent string
		Complete                          bool
	}
	const get = "GET /index.html?q=1 HTTP/1.1\r\nHost: www.example.net\r\nuser-agent:Mozilla/5.0 (X)\r\nAccept: */*\r\n\r\n"
	cases := []struct {
		what, in string
		ok       bool
		want     head
	}{
		{"whole", get, true, head{"GET", "/index.html?q=1", "/index.html", "www.example.net", "Mozilla/5.0 (X)", true}},
		{"cut after the host", get[:60], true, head{"GET", "/index.html?q=1", "/index.html", "www.example.net", "", false}},
		{"cut in the target", get[:12], true, head{"GET", "/index.h", "/index.h", "", "", false}},
		{"line feeds alone", "HEAD / HTTP/1.0\nHost: a\n\n", true, head{"HEAD", "/", "/", "a", "", true}},
		{"first host counts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", true, head{"GET", "/", "/", "a", "", true}},
		{"absolute target", "OPTIONS http://example.net/x HTTP/1.1\r\n\r\n", true, head{"OPTIONS", "http://example.net/x", "http://example.net/x", "", "", true}},
		{"not HTTP/1", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", false, head{}},
		{"another protocol", "GET me out\r\n", false, head{}},
		{"answer", "HTTP/1.1 200 OK\r\n\r\n", false, head{}},
		{"lower case", "get / HTTP/1.1\r\n\r\n", false, head{}},
		{"no target", "GET  HTTP/1.1\r\n", false, head{}},
		{"method alone", "GET ", false, head{}},
		{"nothing", "", false, head{}},
	}
	for _, c := range cases {
		q, ok := HTTPRequest([]byte(c.in))
		if ok != c.ok {
			t.Errorf("%s: ok is %v", c.what, ok)
			continue
		}
		got := head{string(q.Method), string(q.Target), string(q.Path()), string(q.Host), string(q.UserAgent), q.Complete}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s:\n%s", c.what, d)
		}
	}
}

// TestHTTPRequestIsBounded: a head that never ends is given up.
func TestHTTPRequestIsBounded(t *testing.T) {
	lines := "GET / HTTP/1.1\r\n" + strings.Repeat("X: y\r\n", maxLines+5) + "Host: late\r\n\r\n"
	if q, ok := HTTPRequest([]byte(lines)); !ok || q.Host != nil || q.Complete {
		t.Errorf("many lines: %+v, %v", q, ok)
	}
	long := "GET / HTTP/1.1\r\nX: " + strings.Repeat("y", maxHead) + "\r\nHost: late\r\n\r\n"
	if q, ok := HTTPRequest([]byte(long)); !ok || q.Host != nil || q.Complete {
		t.Errorf("a long line: %+v, %v", q, ok)
	}
}

func TestTLSClientHello(t *testing.T) {
	hello := cat(hexa("16030100c8010000c40303"), zeros(193))
	cases := []struct {
		what string
		in   []byte
		want bool
	}{
		{"ClientHello", hello, true},
		{"its first 64 octets", hello[:64], true},
		{"ServerHello", cat(hexa("160303007a020000760303"), zeros(100)), false},
		{"application data", cat(hexa("17030300c8010000c40303"), zeros(100)), false},
		{"SSL 2", hexa("802e010002001500000010010080"), false},
		{"an empty handshake", hexa("1603010004010000000303"), false},
		{"ten octets", hello[:10], false},
	}
	for _, c := range cases {
		if got := tlsClientHello(c.in); got != c.want {
			t.Errorf("%s: %v", c.what, got)
		}
	}
}

func TestParsersAllocateNothing(t *testing.T) {
	q := dnsMsg(0x0100, "k3j9x2q8.www.example.net", 28, 0, 0)
	h := []byte("GET /?a=1 HTTP/1.1\r\nHost: a\r\nUser-Agent: b\r\n\r\n")
	if n := testing.AllocsPerRun(100, func() {
		d, _ := DNSQuestion(q)
		l, _ := nextLabel(d.Name)
		r, _ := HTTPRequest(h)
		sink += len(l) + len(r.Path())
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
