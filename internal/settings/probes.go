package settings

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"floodmark/internal/conf"
)

// Probes is the vantage point and the control hosts of HTTP probes.
type Probes struct {
	// Vantage point of this server as shown to readers, such as "Frankfurt, university network".
	Vantage string `conf:"vantage,restart"`
	// Control hosts that are probed when a service probe fails, to distinguish a failure of the service from one of this server's own uplink: https URLs of several organizations, at least one by host name. By default the hosts of other probed services are used.
	Control []conf.URL `conf:"control,restart"`
}

// Probe checks one component of a service over HTTP.
type Probe struct {
	// Component that the probe checks. At most one probe per component.
	Component string `conf:"component"`
	// URL to request with GET. Redirects are not followed.
	URL conf.URL `conf:"url"`
	// Expected HTTP status codes: 200, 200-399, or a list such as "200, 401-403".
	Expect Statuses `conf:"expect"`
	// Text that the first 256 KiB of the response must contain. If unset, only the status is checked.
	Contains string `conf:"contains"`
	// Interval between probes.
	Every conf.Duration `conf:"every"`
	// Timeout of the whole request.
	Timeout conf.Duration `conf:"timeout"`
}

// Limits of probes.
const (
	maxProbes   = 2000 // over all services
	maxControls = 8
	maxSpans    = 8
	maxContains = 200 // bytes
)

// SetDefaults gives the defaults that suit most services.
func (p *Probe) SetDefaults() {
	p.Every, p.Timeout = 60*second, 10*second
	p.Expect = Statuses{[]StatusSpan{{200, 399}}}
}

// Statuses are the expected HTTP status codes.
type Statuses struct{ Spans []StatusSpan }

// StatusSpan is the status codes from Low to High.
type StatusSpan struct{ Low, High int }

// Form names the form of status codes.
func (Statuses) Form() string { return "status codes, such as 200-399" }

// UnmarshalText reads status codes and ranges, separated by commas.
func (s *Statuses) UnmarshalText(b []byte) error {
	bad := conf.Hint(fmt.Sprintf("%q is not a list of status codes", b), `write them such as 200, 200-399 or "200, 401-403"`)
	if len(b) > maxSpans*10 {
		return bad
	}
	var out []StatusSpan
	for part := range strings.SplitSeq(string(b), ",") {
		low, high, span := strings.Cut(strings.TrimSpace(part), "-")
		if !span {
			high = low
		}
		x, ok := status(low)
		y, ok2 := status(high)
		if !ok || !ok2 || x > y || len(out) == maxSpans {
			return bad
		}
		out = append(out, StatusSpan{x, y})
	}
	s.Spans = out
	return nil
}

func status(s string) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && len(s) == 3 && n >= 100 && n <= 599
}

// String prints them as they are read.
func (s Statuses) String() string {
	var out []string
	for _, x := range s.Spans {
		if x.Low == x.High {
			out = append(out, strconv.Itoa(x.Low))
		} else {
			out = append(out, fmt.Sprintf("%d-%d", x.Low, x.High))
		}
	}
	return strings.Join(out, ", ")
}

func (p *Probes) check(c *checker, k conf.Key) {
	if n := len([]rune(p.Vantage)); n == 0 || n > 60 {
		c.wrong(k.Sub("vantage"), errors.New("must have 1 to 60 characters"))
	}
	if len(p.Control) > maxControls {
		c.wrong(k.Sub("control"), fmt.Errorf("%d control hosts; at most %d are allowed", len(p.Control), maxControls))
	}
}

// checkProbes checks the probes of all services.
func (s *Settings) checkProbes(c *checker) {
	s.Probes.check(c, "probes")
	total := 0
	for i := range s.Services {
		x, k := &s.Services[i], conf.Key("services").Item(i).Sub("probes")
		total += len(x.Probes)
		if total > maxProbes {
			c.wrong(k, fmt.Errorf("more than %d probes in total", maxProbes))
			return
		}
		seen := make(map[string]bool)
		for n := range x.Probes {
			p, pk := &x.Probes[n], k.Item(n)
			if seen[p.Component] {
				c.wrong(pk.Sub("component"), fmt.Errorf("%s is probed twice", p.Component))
			}
			seen[p.Component] = true
			p.check(c, pk, x.Components)
		}
	}
}

func (p *Probe) check(c *checker, k conf.Key, components []string) {
	if p.Component == "" {
		c.wrong(k.Sub("component"), conf.Hint("is required", "write component: "+strings.Join(components[:min(1, len(components))], "")))
	}
	c.known(k.Sub("component"), "component", p.Component, components)
	if p.URL == "" {
		c.wrong(k.Sub("url"), conf.Hint("is required", "write url: https://example.org/"))
	}
	if len(p.Contains) > maxContains {
		c.wrong(k.Sub("contains"), fmt.Errorf("must have at most %d bytes", maxContains))
	}
	c.within(k.Sub("every"), p.Every, 10*second, conf.Duration(day))
	c.within(k.Sub("timeout"), p.Timeout, second, min(60*second, max(10*second, p.Every)))
}
