package attackverdict

import (
	"net/netip"
	"strings"
	"testing"

	"floodmark/internal/evidence/vector"
	"floodmark/internal/model"
)

const begin = 1_750_000_000_000_000_000

// bucket is one class of records towards the target, made by hand: sources that
// send the same number of packets each, spread evenly over some seconds.
type bucket struct {
	class   model.Class
	sources int
	each    uint64 // packets of a source
	seconds int    // 0: ten
	from    uint32 // address of the first source
	target  int
	flags   model.SourceFlags // of the first flagged sources
	flagged int
	set     func(*model.Facts) // changes what is made
}

func (c bucket) facts() model.Facts {
	seconds := c.seconds
	if seconds == 0 {
		seconds = 10
	}
	n := uint64(c.sources) * c.each
	f := model.Facts{
		Target: c.target, Class: c.class, Samples: n, Records: n, Packets: float64(n), Bytes: float64(100 * n),
		First: begin, Last: begin + int64(seconds)*1e9, ActiveSeconds: seconds, Kept: 1, SourcesSeen: uint64(c.sources),
		FieldSamples: n, FieldRecords: n, Conversations: c.sources,
		SrcPorts: spread(int(n), n), DstPorts: only(443, n), Lengths: spread(300, n), PayloadLens: spread(300, n),
	}
	for s := range seconds {
		f.Seconds = append(f.Seconds, model.SecondCount{Second: begin/1e9 + int64(s), Packets: float64(n) / float64(seconds), Bytes: 100})
	}
	f.PeakPPS = float64(n) / float64(seconds)
	for i := range c.sources {
		s := model.SourceCount{Addr: model.Addr4(0x0a000000 + c.from + uint32(i)), Packets: c.each, Bytes: 100 * c.each}
		if i < c.flagged {
			s.Flags = c.flags
		}
		if s.Flags&model.Handshake != 0 {
			f.EstablishedSources++
			f.EstablishedSamples += c.each
		}
		if s.Flags&model.SolicitedPort != 0 {
			f.SolicitedSources++
			f.SolicitedSamples += c.each
		}
		f.Sources = append(f.Sources, s)
	}
	if c.set != nil {
		c.set(&f)
	}
	return f
}

// only is a field with one value.
func only(key, n uint64) model.FieldCount {
	return model.FieldCount{Distinct: 1, Total: n, Top: []model.FieldValue{{Key: key, Count: n}}}
}

// spread is a field with so many values, none of them frequent.
func spread(distinct int, n uint64) model.FieldCount {
	return dominated(1, 1/float64(max(distinct, 1)), distinct, n)
}

// dominated is a field in which one value has the share.
func dominated(key uint64, share float64, distinct int, n uint64) model.FieldCount {
	return model.FieldCount{Distinct: max(distinct, 1), Total: n, Top: []model.FieldValue{{Key: key, Count: uint64(share*float64(n) + 0.5)}}}
}

// ports at random, as tools that flood choose them.
func ports(f *model.Facts) { f.DstPorts = spread(int(f.FieldRecords), f.FieldRecords) }

func length(share float64) func(*model.Facts) {
	return func(f *model.Facts) { f.Lengths = dominated(60, share, 50, f.FieldRecords) }
}

func options(size uint64, share float64) func(*model.Facts) {
	return func(f *model.Facts) { f.OptionLens = dominated(size, share, 5, f.FieldRecords) }
}

func all(list ...func(*model.Facts)) func(*model.Facts) {
	return func(f *model.Facts) {
		for _, set := range list {
			set(f)
		}
	}
}

// given is a recording and what is to be said of its first bucket.
type given struct {
	name    string
	buckets []bucket
	other   uint64 // packets towards the target that are in no bucket
	out     uint64 // packets that it sent
	target  func(*model.TargetFacts)
	profile func(*model.Profile)
	spoofed bool // the first bucket's sources are spoofed
	noFlags bool // the exporter sends no TCP flags

	want model.AttackVerdict
	slug string // where it is not that of the class
	says string // part of a reason: which branch answered
}

func (g given) assess() (Assessment, *model.Profile) {
	p := &model.Profile{First: begin, Last: begin + 60e9, PacketLevel: true}
	targets := 1
	for _, c := range g.buckets {
		targets = max(targets, c.target+1)
	}
	for i := range targets {
		t := model.TargetFacts{Prefix: netip.PrefixFrom(netip.AddrFrom4([4]byte{198, 51, 100 + byte(i), 7}), 32), HostsIn: 1,
			UDPTo: map[uint16]uint64{}, UDPFrom: map[uint16]uint64{}, TCPTo: map[uint16]uint64{}, TCPFrom: map[uint16]uint64{}, ProtoOut: map[uint8]uint64{}}
		if i == 0 {
			t.In, t.Out = g.other, g.out
		}
		p.Targets = append(p.Targets, t)
	}
	for _, c := range g.buckets {
		f := c.facts()
		p.Targets[c.target].In += f.Samples
		p.Buckets = append(p.Buckets, f)
	}
	if g.target != nil {
		g.target(&p.Targets[0])
	}
	if g.profile != nil {
		g.profile(p)
	}
	return Assess(&Case{Profile: p, FlagsSent: !g.noFlags, Spoofed: func(i int) model.Spoofing {
		if i == 0 && g.spoofed {
			return model.SpoofSpoofed
		}
		return model.SpoofReal
	}}), p
}

func (g given) check(t *testing.T) {
	t.Helper()
	j, p := g.assess()
	part := j.Parts[0]
	var reasons []string
	for _, r := range part.Reasons {
		reasons = append(reasons, r.Text)
		if r.For == (part.Verdict == model.AttackNo) && len(part.Reasons) == 1 {
			t.Errorf("reason %q is for: %v, and the answer %s", r.Text, r.For, part.Verdict)
		}
	}
	text := strings.Join(reasons, "; ")
	if part.Verdict != g.want {
		t.Errorf("%s, want %s: %s", part.Verdict, g.want, text)
	}
	if !strings.Contains(text, g.says) || g.says == "" && text != "" {
		t.Errorf("says %q, want %q in it", text, g.says)
	}
	slug := g.slug
	if slug == "" {
		slug = vector.Lookup(p.Buckets[0].Class).Slug
	}
	if part.Slug != slug {
		t.Errorf("slug %s, want %s", part.Slug, slug)
	}
	if g.want == model.AttackYes && (j.Verdict != model.AttackYes || len(j.Targets) == 0 || j.Targets[0] != 0) {
		t.Errorf("the whole: %s, targets %v", j.Verdict, j.Targets)
	}
}

func run(t *testing.T, cases []given) {
	for _, c := range cases {
		t.Run(c.name, c.check)
	}
}

const (
	yes       = model.AttackYes
	no        = model.AttackNo
	undecided = model.AttackUndecided
)

func sampled(p *model.Profile) { p.Sampled = true }

func flows(p *model.Profile) { p.PacketLevel = false }
