package probe

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"floodmark/internal/model"
)

// Target is one component of a service and how it is asked.
type Target struct {
	Service   string // slug
	Component string // slug
	URL       string // http or https
	Expect    []Span // statuses that are well; none is 200 to 399
	Contains  string // text in the first maxBody octets of the answer; "" is any
	Every     time.Duration
	Timeout   time.Duration // of the whole request, real time
}

// Span is the statuses from Low to High.
type Span struct{ Low, High int }

// Config is what a Prober asks, and how it tells.
type Config struct {
	Targets []Target
	Control []string // addresses that tell whether our own link works; may be none
	Vantage string   // where the server stands, in words
	Agent   string   // User-Agent
	Seed    uint64   // of when targets are asked
	Now     func() int64
	// Real turns a span of the server's time into real time; nil leaves it.
	Real func(time.Duration) time.Duration
	Sink func(model.ProbeResult)
	// Resolver and Roots are those of the system where they are nil.
	Resolver *net.Resolver
	Roots    *x509.CertPool
	// Dial connects on another network than the machine's; nil for that.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// Bounds of requests.
const (
	maxBody   = 256 << 10 // bytes of an answer that are read, decoded ones as well
	maxHeader = 64 << 10
	atOnce    = 32
	// minEvery is the shortest real time between two requests of one target,
	// also where the server's time is compressed.
	minEvery = 200 * time.Millisecond
)

// Prober asks targets. New makes it, Run runs it once.
type Prober struct {
	c       Config
	targets []*target
	control []*target
	http    *http.Transport
	link    link
	queue   queue
}

// target is a Target that is ready to be asked.
type target struct {
	Target
	url     *url.URL
	host    string // lower case, without the port
	literal bool   // its host is an address, or names this machine
	// tried are the addresses to which the last request connected or tried to; nil
	// before.
	tried atomic.Pointer[[]netip.Addr]
	due   time.Time
	base  time.Time // of the even times at which it is asked
	every time.Duration
	rand  *rand.Rand
}

// New makes a Prober. The error names what is no address of a page.
func New(c Config) (*Prober, error) {
	if c.Real == nil {
		c.Real = func(d time.Duration) time.Duration { return d }
	}
	p := &Prober{c: c}
	p.http = p.transport()
	for _, x := range c.Targets {
		t, err := ready(x)
		if err != nil {
			return nil, err
		}
		p.targets = append(p.targets, t)
	}
	for _, u := range c.Control {
		// Any answer of a control shows that our link works.
		t, err := ready(Target{Service: "control", Component: "control", URL: u, Expect: []Span{{100, 999}}, Timeout: controlTimeout})
		if err != nil {
			return nil, err
		}
		p.control = append(p.control, t)
	}
	return p, nil
}

func ready(x Target) (*target, error) {
	u, err := url.Parse(x.URL)
	if err == nil && (u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil) {
		err = errors.New("not the address of a page; write it such as https://example.org/")
	}
	if err != nil {
		return nil, fmt.Errorf("probe of %s, %s: %w", x.Service, x.Component, err)
	}
	u.Fragment = ""
	t := &target{Target: x, url: u, host: strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")}
	if a, err := netip.ParseAddr(t.host); err == nil {
		t.literal, t.host = true, a.Unmap().String()
	}
	t.literal = t.literal || t.host == "localhost" || strings.HasSuffix(t.host, ".localhost")
	return t, nil
}

func (t *target) expected(status int) bool {
	if len(t.Expect) == 0 {
		return status >= 200 && status <= 399
	}
	for _, s := range t.Expect {
		if status >= s.Low && status <= s.High {
			return true
		}
	}
	return false
}
