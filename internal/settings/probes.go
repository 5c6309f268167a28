package settings

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"floodmark/internal/conf"
)

// Probes is how services are asked whether they answer.
type Probes struct {
	// Where this server stands, in words for people, such as "Frankfurt, network of the university".
	Vantage string `conf:"vantage,restart"`
	// Pages elsewhere that are asked when a probe fails, to tell our own link from the service: https addresses of several owners, at least one by its name. Without any, hosts of other probed services are.
	Control []conf.URL `conf:"control,restart"`
}

// Probe asks one component of a service over HTTP.
type Probe struct {
	// Component that it tells of. One probe for each.
	Component string `conf:"component"`
	// Page that is asked by GET. Redirects are not followed.
	URL conf.URL `conf:"url"`
	// Statuses that are well: 200, 200-399, or several: "200, 401-403".
	Expect Statuses `conf:"expect"`
	// Words that the first 256 KiB of the answer must hold. Without, any answer with an expected status is well.
	Contains string `conf:"contains"`
	// How often.
	Every conf.Duration `conf:"every"`
	// How long the whole request may take.
	Timeout conf.Duration `conf:"timeout"`
}

// Bounds of probes.
const (
	mostProbes   = 2000 // of all services
	mostControls = 8
	mostSpans    = 8
	mostContains = 200 // octets
)

// SetDefaults gives what most services are asked by.
func (p *Probe) SetDefaults() {
	p.Every, p.Timeout = 60*second, 10*second
	p.Expect = Statuses{[]StatusSpan{{200, 399}}}
}

// Statuses are those of HTTP that are well.
type Statuses struct{ Spans []StatusSpan }

// StatusSpan is the statuses from Low to High.
type StatusSpan struct{ Low, High int }

// Form names the form of statuses.
func (Statuses) Form() string { return "statuses, such as 200-399" }

// UnmarshalText reads statuses and spans of them, with commas between.
func (s *Statuses) UnmarshalText(b []byte) error {
	bad := conf.Hint(fmt.Sprintf("%q are no statuses", b), `write them such as 200, 200-399 or "200, 401-403"`)
	if len(b) > mostSpans*10 {
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
		if !ok || !ok2 || x > y || len(out) == mostSpans {
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
		c.wrong(k.Sub("vantage"), errors.New("a vantage has 1 to 60 characters"))
	}
	if len(p.Control) > mostControls {
		c.wrong(k.Sub("control"), fmt.Errorf("%d controls; at most %d", len(p.Control), mostControls))
	}
}

// checkProbes checks those of all services.
func (s *Settings) checkProbes(c *checker) {
	s.Probes.check(c, "probes")
	total := 0
	for i := range s.Services {
		x, k := &s.Services[i], conf.Key("services").Item(i).Sub("probes")
		total += len(x.Probes)
		if total > mostProbes {
			c.wrong(k, fmt.Errorf("more than %d probes of all services", mostProbes))
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
		c.wrong(k.Sub("component"), conf.Hint("there is none", "write component: "+strings.Join(components[:min(1, len(components))], "")))
	}
	c.known(k.Sub("component"), "component", p.Component, components)
	if p.URL == "" {
		c.wrong(k.Sub("url"), conf.Hint("there is none", "write url: https://example.org/"))
	}
	if len(p.Contains) > mostContains {
		c.wrong(k.Sub("contains"), fmt.Errorf("words have at most %d octets", mostContains))
	}
	c.within(k.Sub("every"), p.Every, 10*second, conf.Duration(day))
	c.within(k.Sub("timeout"), p.Timeout, second, min(60*second, max(10*second, p.Every)))
}
