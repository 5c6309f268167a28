package probe

import (
	"context"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"floodmark/internal/model"
)

// TestOwnLink: a service fails in a stage, and others are reached or not. The
// resolver leads every name to loopback, which no name is connected to, so that
// names are resolved and not reached; names in .invalid are not resolved.
func TestOwnLink(t *testing.T) {
	up := serve(t, func(http.ResponseWriter, *http.Request) {})
	broken := serve(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(500) })
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	short := raw(t, func(c net.Conn) {
		c.Read(make([]byte, 4096))
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
	})
	refuses := "http://" + closed.Addr().String()
	inside := resolver(nameServer(t, nil))
	const unnamed, away = "http://a.invalid/", "http://a.example/"
	others := func(urls ...string) (out []Target) {
		for i, u := range urls {
			out = append(out, Target{Service: string(rune('a' + i)), URL: u, Timeout: time.Minute})
		}
		return out
	}
	for _, c := range []struct {
		name     string
		resolver *net.Resolver
		url      string
		control  []string
		peers    []Target
		want     model.ProbeFailure
	}{
		{"nobody else is known", inside, away, nil, nil, model.ConnectFailed},
		{"one other fails, too", inside, away, nil, others("http://b.example/"), model.ConnectFailed},
		{"two others fail, too", inside, away, nil, others("http://b.example/", "http://c.example/"), model.OwnLink},
		{"names of one address are one host", inside, away, nil, others("http://m1.example/", "http://m2.example/", "http://m3.example/"), model.ConnectFailed},
		{"other names of its own address say nothing", inside, away, nil, others("http://a2.example/", "http://a3.example/"), model.ConnectFailed},
		{"ports of one address are one host", inside, away, nil, others("http://b.example:81/", "http://b.example:82/"), model.ConnectFailed},
		{"two hosts of three are enough", inside, away, nil, others("http://m1.example/", "http://m2.example/", "http://b.example/"), model.OwnLink},
		{"an address and a name of it are one host", inside, away, nil, others("http://m1.example/", "http://[::ffff:127.0.0.109]:9/"), model.ConnectFailed},
		{"others of the same host say nothing", inside, away, nil, others(away, "http://b.example/"), model.ConnectFailed},
		{"one of three others is reached", inside, away, nil, others("http://b.example/", "http://c.example/", up), model.ConnectFailed},
		{"one of three others refuses", inside, away, nil, others("http://b.example/", "http://c.example/", refuses), model.ConnectFailed},
		{"the control answers", inside, away, []string{up}, others("http://b.example/", "http://c.example/"), model.ConnectFailed},
		{"the control answers badly", inside, away, []string{broken}, nil, model.ConnectFailed},
		{"the control fails", inside, away, []string{"http://b.example/"}, nil, model.OwnLink},
		{"one of two controls fails", inside, away, []string{"http://b.example/", up}, nil, model.ConnectFailed},
		{"the control fails and others are reached", inside, away, []string{"http://b.example/"}, others(up), model.ConnectFailed},
		{"the resolver is broken, and control has no name", nil, unnamed, []string{up}, nil, model.NameFailed},
		{"the resolver is broken", nil, unnamed, []string{up, "http://b.invalid/"}, nil, model.OwnLink},
		{"its name is gone", inside, "http://gone.example/", []string{"http://b.example/"}, nil, model.NameFailed},
		{"this machine's own name says nothing of the resolver", nil, unnamed, []string{"http://localhost:" + port(up)}, nil, model.NameFailed},
		{"an answer is an answer", nil, broken, []string{"http://b.invalid/"}, nil, model.ResponseServer},
		{"a part of an answer is one, too", nil, "http://" + short, []string{"http://b.invalid/"}, nil, model.ResponseFailed},
		{"a refusal is an answer", nil, refuses, []string{"http://b.invalid/"}, nil, model.ConnectRefused},
	} {
		p := prober(t, Config{Resolver: c.resolver, Control: c.control, Targets: c.peers})
		x, err := ready(Target{Service: "shop", URL: c.url, Timeout: time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		r := p.ask(context.Background(), x)
		p.ownLink(context.Background(), x, began, &r)
		if r.Failure != c.want {
			t.Errorf("%s: %q (%s), want %q", c.name, r.Failure, r.Text, c.want)
		}
	}
}

func port(url string) string {
	_, p, _ := net.SplitHostPort(url[len("http://"):])
	return p
}

// TestLooksAreShared: who began before a look takes it, who began after it
// makes another one.
func TestLooksAreShared(t *testing.T) {
	asked := new(atomic.Int64)
	control := serve(t, func(http.ResponseWriter, *http.Request) { asked.Add(1) })
	p := prober(t, Config{Control: []string{control}})
	x, _ := ready(Target{Service: "shop", URL: "http://a.example/"})
	began := time.Now()
	for range 5 {
		if s := p.look(context.Background(), x, began); !s.answered || !s.asked {
			t.Errorf("%+v", s)
		}
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("asked %d times for requests that began before", n)
	}
	p.look(context.Background(), x, time.Now())
	if n := asked.Load(); n != 2 {
		t.Errorf("asked %d times", n)
	}
}

// TestPeersAreOthers, each host and service once, and not too many.
func TestPeersAreOthers(t *testing.T) {
	var list []Target
	for _, x := range []string{"s1 h1", "s1 h2", "s2 h1", "s2 h3", "s3 h0", "s4 h4", "s0 h9", "s5 h5", "s6 h6", "s7 h7", "s8 h8"} {
		list = append(list, Target{Service: x[:2], URL: "http://" + x[3:] + ".example/"})
	}
	p := prober(t, Config{Targets: list})
	x, _ := ready(Target{Service: "s0", URL: "http://h0.example/"})
	var got string
	for _, y := range p.peers(x) {
		got += y.Service + " " + y.url.Host[:2] + ", "
	}
	if want := "s1 h1, s2 h3, s4 h4, s5 h5, s6 h6, s7 h7, "; got != want {
		t.Errorf("peers are %s\nwant %s", got, want)
	}
}
