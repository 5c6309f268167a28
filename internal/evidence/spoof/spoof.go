// Package spoof asks whether the source addresses of a vector are real: from
// the networks they claim. It runs every test that the data allows, gives each
// its statistic, limits and verdict, and combines them into one.
//
// It does not read records, remove duplicates or look addresses up: it takes one
// model.SourceCount per distinct source, with packets counted once and as
// observed. It never multiplies likelihoods, because most tests share causes.
// A sender that spoofs addresses of its own network passes every test here, so
// "real" never means more than "from the networks they claim".
//
// Judge is a pure function: the same input gives the same answer, on every
// machine. It may be called from any goroutine; the sources stay the caller's,
// are only read, and are not kept. It needs memory for at most 131,072 sources
// beyond them, and for IPv6 one word per source. Methods are in docs/methods.md
// under "spoof/" and the test's name, error rates in docs/accuracy.md.
package spoof

import "floodmark/internal/model"

// Names of the tests, in the order in which they are reported.
const (
	Handshake    = "handshake"
	Reflection   = "reflection"
	ICMPQuote    = "icmp-quote"
	Collision    = "collision"
	Loudness     = "loudness"
	Octet        = "octet"
	NetworkPairs = "network-pairs"
	HostFree     = "host-free"
	QuietSpace   = "quiet-space"
	Bogon        = "bogon"
	Unrouted     = "unrouted"
	HopPrefix    = "hop-prefix"
	TTLOrigins   = "ttl-origins"
	TTLSpread    = "ttl-spread"
	Backscatter  = "backscatter"
)

// Input is one vector's sources and what is known of how they were recorded.
type Input struct {
	Sources []model.SourceCount // one per distinct source; duplicates of packets already removed
	Samples uint64              // sampled packets of the vector; 0: the sum over Sources
	Kept    float64             // fraction of the sources that a full table kept by hash; 0: all

	Anonymised    bool // addresses were rewritten, so that their bits mean nothing
	CarrierInside bool // recorded inside a carrier, whose customers may use host-free space before its NAT
	TTLKnown      bool // TTLs are in the data

	Reflection           bool // the vector is answers of services to spoofed requests
	TCPHandshakePossible bool // TCP, and the recording would show a completed handshake
	BothDirections       bool // what the target answered is in the recording
	Quotes               Quotes

	Routed func(model.Addr) bool // whether an address was routed at the time; nil: not known
	Seed   uint64                // of the permutations
}

// Quotes counts ICMP errors that quote a datagram with the target's address as
// its source which the target did not send: somebody else sent it.
type Quotes struct {
	Errors  uint64 // such errors to the vector's service
	Senders uint64 // distinct senders of them
}

// Assess runs all tests and combines them. The Evidence of each test is left
// empty for the caller.
func Assess(in Input) model.SpoofVerdict {
	if in.Kept <= 0 || in.Kept > 1 {
		in.Kept = 1
	}
	c := count(in)
	dark := c.hostFree(in)
	tests := []model.SpoofTest{
		c.handshake(in),
		reflection(in),
		icmpQuote(in),
		c.collision(in),
		loudness(in),
		c.octet(in),
		c.networkPairs(in),
		dark.test,
		quietSpace(in),
		c.bogon(in),
		unrouted(in),
		hopPrefix(in, c),
		ttlOrigins(in, c),
		ttlSpread(in),
		backscatter(in),
	}
	v, reason := combine(in, c, byName(tests), dark)
	if v == model.SpoofSpoofed && dark.test.Verdict != model.SpoofSpoofed {
		dark.fraction = nil // host-free space is filtered on the way, or not yet hit
	}
	return model.SpoofVerdict{Verdict: v, Reason: reason, Tests: tests, Fraction: dark.fraction}
}

// results finds a test's outcome by its name.
type results map[string]model.SpoofTest

func byName(tests []model.SpoofTest) results {
	r := make(results, len(tests))
	for _, t := range tests {
		r[t.Name] = t
	}
	return r
}

func (r results) has(name string, v model.Spoofing) bool { return r[name].Verdict == v }

// test builds an outcome with its limits.
func test(name string, n int, statistic, low, high float64) model.SpoofTest {
	return model.SpoofTest{
		Name: name, N: int64(n), Verdict: model.SpoofUndecided,
		Statistic: &statistic, Low: &low, High: &high,
	}
}

// without builds an outcome that has no value.
func without(name string, n int, v model.Spoofing, reason string) model.SpoofTest {
	return model.SpoofTest{Name: name, N: int64(n), Verdict: v, Reason: reason}
}
