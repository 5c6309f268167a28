package sender

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"
)

func TestOnlyLoopbackIsSentTo(t *testing.T) {
	for _, to := range []string{"192.0.2.1:2055", "0.0.0.0:2055", ":2055", "198.18.0.1:6343", "127.0.0.1:0"} {
		if _, err := New(Config{NetFlow: to, SFlow: "127.0.0.1:6343", Speed: 1}); err == nil || !strings.Contains(err.Error(), "this machine") {
			t.Errorf("%s: %v", to, err)
		}
		if _, err := New(Config{NetFlow: "127.0.0.1:2055", SFlow: to, Speed: 1}); err == nil {
			t.Errorf("sFlow to %s was accepted", to)
		}
	}
	if _, err := New(Config{NetFlow: "127.0.0.1:2055", SFlow: "127.8.0.1:6343", Speed: 1}); err != nil {
		t.Error(err)
	}
	if _, err := New(Config{NetFlow: "127.0.0.1:2055", SFlow: "127.0.0.1:6343"}); err == nil {
		t.Error("speed 0 was accepted")
	}
}

func TestEachExporterHasItsAddress(t *testing.T) {
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	s, err := New(Config{NetFlow: c.LocalAddr().String(), SFlow: c.LocalAddr().String(), Speed: 1e6, Begin: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	b := make([]byte, 100)
	for i, from := range []string{"127.0.0.11", "127.0.0.12"} {
		if err := s.Send(context.Background())(netip.MustParseAddr(from), i, []byte(from), 0); err != nil {
			t.Fatal(err)
		}
		n, a, err := c.ReadFromUDPAddrPort(b)
		if err != nil || a.Addr().String() != from || string(b[:n]) != from {
			t.Errorf("from %v came %q, %v", a, b[:n], err)
		}
	}
	if s.Stats().Sent != 2 {
		t.Errorf("%+v", s.Stats())
	}
}

func TestNobodyListening(t *testing.T) {
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	to := c.LocalAddr().String()
	c.Close()
	s, _ := New(Config{NetFlow: to, SFlow: to, Speed: 1e6, Begin: time.Now()})
	defer s.Close()
	for range 20 {
		if err := s.Send(context.Background())(netip.MustParseAddr("127.0.0.11"), 0, []byte("x"), 0); err != nil {
			t.Fatal(err)
		}
	}
	if s.Stats().Refused == 0 {
		t.Errorf("%+v", s.Stats())
	}
}

// play sends n datagrams each simulated ms against a clock of our own and
// returns what was sent by each moment.
func play(p *pace, each, n int) (sent []time.Duration) {
	now := p.begin
	for ms := range n {
		for range each {
			for d := p.wait(int64(ms)*1e6, now); d > 0; d = p.wait(int64(ms)*1e6, now) {
				now = now.Add(d)
			}
			sent = append(sent, now.Sub(p.begin))
		}
	}
	return sent
}

func TestTimeIsCompressedEvenly(t *testing.T) {
	p := &pace{begin: time.Unix(0, 0), speed: 10}
	sent := play(p, 1, 10_000) // ten simulated seconds
	if last := sent[len(sent)-1]; last < 998*time.Millisecond || last > time.Second {
		t.Errorf("took %v", last)
	}
	burst, at := 0, time.Duration(-1)
	for _, d := range sent {
		if d != at {
			burst, at = 0, d
		}
		if burst++; burst > 20 { // 10 a ms
			t.Fatalf("%d datagrams at once at %v", burst, at)
		}
	}
}

func TestLimitSpreadsABurst(t *testing.T) {
	p := &pace{begin: time.Unix(0, 0), speed: 1, gap: 1e5} // 10,000 a second
	sent := play(p, 5000, 1)
	if last := sent[len(sent)-1]; last < 497*time.Millisecond || last > 500*time.Millisecond {
		t.Errorf("5,000 datagrams took %v", last)
	}
}

func TestClockIsAsked(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/v1/clock" {
			http.NotFound(w, r)
			return
		}
		w.Write([]byte(`{"now":"2026-06-15T03:00:00.5Z","speed":720,"start":"2026-06-15T00:00:00Z"}`))
	}))
	defer srv.Close()
	c, err := AskClock(context.Background(), srv.URL+"/")
	if err != nil {
		t.Fatal(err)
	}
	if d := c.At(c.Now.Add(12 * time.Minute)).Sub(c.Asked); d != time.Second {
		t.Errorf("twelve minutes are %v", d)
	}
	if _, err := AskClock(context.Background(), srv.URL+"/elsewhere"); err == nil {
		t.Error("404 was taken for a clock")
	}
}
