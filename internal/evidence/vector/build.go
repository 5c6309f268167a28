package vector

import (
	"slices"

	"floodmark/internal/model"
)

// service is one entry of the table of services that reflect. Each becomes a
// line for answers confirmed by payload and, where byPort is set, one for
// records from its port whose payload is not available.
type service struct {
	name              string
	ports             []uint16
	confirmed, byPort model.Class
	minLen, maxLen    uint16  // bytes of the IPv4 packet for byPort; maxLen 0 is no bound
	everyday          bool    // ordinary users get its answers
	common            bool    // they get others from its port, but not of byPort's length
	low, high         float64 // published bandwidth factor, 0 where none was checked
	payload           string  // the condition on the payload, in words
	source            string
	advice            []string
}

// buildTable lays the two literals out by class.
func buildTable() [numClasses]Info {
	var t [numClasses]Info
	for _, line := range base {
		t[line.Class] = line
	}
	for i := range services {
		s := &services[i]
		if s.confirmed != None {
			t[s.confirmed] = s.info(s.confirmed)
		}
		if s.byPort != None {
			t[s.byPort] = s.info(s.byPort)
		}
	}
	return t
}

// info is the line of the service for one of its two classes.
func (s *service) info(c model.Class) Info {
	line := Info{
		Class: c, Name: s.name, Slug: "reflection-" + s.name, Kind: KindReflection, Service: s.name, Ports: s.ports,
		Strength: ByPayload, Everyday: s.everyday, Reflection: true, SpoofedRequests: true,
		AmplificationLow: s.low, AmplificationHigh: s.high, Source: s.source,
		Technique: reflectionAmplification, Condition: s.payload, Advice: s.advice,
	}
	if c == s.byPort {
		line.Name += "-port"
		line.Strength = ByPort
		line.Condition = "the source port, and no payload to look at"
		if s.minLen > 0 || s.maxLen > 0 {
			line.Strength = ByPortSize
			line.MinLen, line.MaxLen = s.minLen, s.maxLen
			line.Condition = "the source port and the mean length of the packets, and no payload to look at"
		}
	}
	return line
}

// buildSlugs collects the closed list of vectors.
func buildSlugs() []string {
	var out []string
	for i := range table {
		if table[i].Slug != "" {
			out = append(out, table[i].Slug)
		}
	}
	for i := range aggregates {
		out = append(out, aggregates[i].Slug)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
