package document

import (
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"floodmark/internal/aggregate"
	"floodmark/internal/evidence/attackverdict"
	"floodmark/internal/evidence/claim"
	"floodmark/internal/evidence/vector"
	"floodmark/internal/model"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files again")

const begin = 1_750_000_000_000_000_000

// sources gives n sources from an address on, the first ones loudest.
func sources(from uint32, n int, flags model.SourceFlags) []model.SourceCount {
	list := make([]model.SourceCount, n)
	for i := range list {
		packets := uint64(20 + 200/(i+1))
		list[i] = model.SourceCount{Addr: model.Addr4(from + uint32(i)*997), Packets: packets, Bytes: packets * 400,
			First: begin + 10e9, Last: begin + 20e9, TTL: uint8(50 + i%7), MinTTL: uint8(50 + i%7), MaxTTL: uint8(50 + i%7), Flags: flags}
	}
	return list
}

// facts fills a bucket in from its sources: ten seconds, ten seconds after the
// beginning.
func facts(class model.Class, list []model.SourceCount) model.Facts {
	f := model.Facts{Class: class, First: begin + 10e9, Last: begin + 20e9, Sources: list, SourcesSeen: uint64(len(list)), Kept: 1, ActiveSeconds: 10}
	for _, s := range list {
		f.Samples += s.Packets
		f.Bytes += float64(s.Bytes)
	}
	f.Records, f.Packets, f.FieldSamples, f.FieldRecords = f.Samples, float64(f.Samples), f.Samples, f.Samples
	for s := range 10 {
		f.Seconds = append(f.Seconds, model.SecondCount{Second: begin/1e9 + 10 + int64(s), Packets: f.Packets / 10, Bytes: f.Bytes / 10})
	}
	f.PeakPPS, f.PeakBPS = f.Packets/10, f.Bytes/10*8
	one := func(key uint64, text string) model.FieldCount {
		return model.FieldCount{Distinct: 1, Total: f.Samples, Top: []model.FieldValue{{Key: key, Text: text, Count: f.Samples}}}
	}
	f.SrcPorts, f.DstPorts, f.Lengths, f.TTLs = one(161, ""), one(40000, ""), one(400, ""), one(55, "")
	f.Payloads = one(1, "\x30\x82\x01\x70")
	r := model.Record{First: begin + 10e9, Src: list[0].Addr, Dst: model.Addr4(0xc6336407), Proto: model.ProtoUDP, Packets: 1, Bytes: 400,
		SrcPort: 161, DstPort: 40000, TTL: 55, Has: model.HasPorts | model.HasTTL}
	f.Specimens = []model.Specimen{{Record: r, Payload: "30820170"}}
	return f
}

// recording is a profile made by hand: an SNMP reflection whose target the
// recording shows from both sides, fragments of it, a flood of SYNs, and
// ordinary datagrams.
func recording() *Input {
	p := &model.Profile{First: begin, Last: begin + 60e9, PacketLevel: true}
	p.Targets = []model.TargetFacts{{Prefix: netip.MustParsePrefix("198.51.100.7/32"), Out: 100, HostsIn: 1,
		TopHosts: []model.FieldValue{{Text: "198.51.100.7", Count: 1}}, UDPTo: map[uint16]uint64{}, UDPFrom: map[uint16]uint64{},
		TCPTo: map[uint16]uint64{}, TCPFrom: map[uint16]uint64{}, ProtoOut: map[uint8]uint64{}, Quotes: map[model.QuoteKey]uint64{}}}
	reflectors := sources(0x0b000000, 300, 0)
	fragments := facts(vector.Fragment, reflectors[:100])
	fragments.Fragments = fragments.Samples
	syns := facts(vector.TCPSyn, sources(0x5b000000, 400, 0))
	syns.OptionLens = model.FieldCount{Distinct: 1, Total: syns.Samples, Top: []model.FieldValue{{Count: syns.Samples}}}
	syns.Flags = model.FieldCount{Distinct: 1, Total: syns.Samples, Top: []model.FieldValue{{Key: model.SYN, Count: syns.Samples}}}
	p.Buckets = []model.Facts{facts(vector.SNMP, reflectors), fragments, syns, facts(vector.UDPService, sources(0x2d000000, 5, model.GotReplies))}
	return finish(p)
}

// finish adds the profile up and assesses it.
func finish(p *model.Profile) *Input {
	for i := range p.Buckets {
		c := &p.Buckets[i]
		p.Targets[c.Target].In += c.Samples
		p.Samples += c.Samples
		p.Packets += c.Packets
		p.Bytes += c.Bytes
	}
	in := &Input{
		Tool:     model.Tool{Name: "floodmark", Version: "test"},
		Settings: model.Settings{Claims: []string{}, Seed: 1},
		Inputs: []model.Input{
			{Name: "a.pcap", SHA256: "aa", Format: "pcap", Compression: "none", Kind: "packets", Exports: []string{}, Analysed: true, Skipped: []model.Skip{}},
			{Name: "b.pcap", SHA256: "bb", Exports: []string{}, Skipped: []model.Skip{}},
		},
		Audit:   aggregate.Audit{Records: p.Samples, Rates: map[uint32]uint64{0: p.Samples}},
		Profile: p, Spoofs: &Spoofs{Profile: p, Seed: 1},
		Geo:       model.GeoInfo{Status: "not-looked-up", Sources: []string{}, Attributed: []string{}},
		Scan:      Scan{Of: func(model.Addr) (uint16, bool) { return 0, false }},
		Recording: Recording{RatesFrom: map[string]uint64{}},
	}
	in.Assessment = attackverdict.Assess(&attackverdict.Case{Profile: p, FlagsSent: true, Spoofed: in.Spoofs.Bucket})
	return in
}

// looked adds address data by first octet: what stands where is made up.
func looked(in *Input) *Input {
	in.Geo = model.GeoInfo{Status: "looked-up", Date: "2025-06-01", Sources: []string{"test"}, Attributed: []string{}}
	in.Locate = func(a model.Addr) model.Place {
		switch n := a.V4(); {
		case n>>16&3 == 0:
			return model.Place{Country: "BR", Country2: "BR", ASN: 64500, AS: "Example", Kind: "access"}
		case n>>16&3 == 1:
			return model.Place{Country: "DE", Country2: "AT", ASN: 64501, AS: "Example 2", Kind: "hosting"}
		case n>>16&3 == 2:
			return model.Place{Country: "US", Country2: "US", ASN: 64502, AS: "Example 3", Kind: "cdn", Unlocatable: true}
		}
		return model.Place{}
	}
	return in
}

// sound checks what holds for every document: no null list, no value that is
// none, every sentence cites evidence that is there, evidence is numbered and
// names its inputs, shares are between 0 and 1 and add up to at most 1.
func sound(t *testing.T, a *model.Analysis) {
	t.Helper()
	walk(t, "", reflect.ValueOf(a))
	if _, err := json.Marshal(a); err != nil {
		t.Error(err)
	}
	have := make(map[string]bool)
	for i, e := range a.Evidence {
		if e.ID != fmt.Sprintf("E%d", i+1) || e.Statement == "" || e.Method == "" || e.Kind == "" || e.Version < 1 {
			t.Errorf("evidence %+v", e)
		}
		for _, h := range e.Inputs {
			if h != "aa" {
				t.Errorf("%s rests on input %s", e.ID, h)
			}
		}
		have[e.ID] = true
	}
	cites := func(what string, ids []string, must bool) {
		for _, id := range ids {
			if !have[id] {
				t.Errorf("%s cites %q", what, id)
			}
		}
		if must && len(ids) == 0 {
			t.Errorf("%s cites nothing", what)
		}
	}
	for _, list := range [][]model.Sentence{a.AttackReasons, a.Summary, a.Background.How, a.Spoofing.Text} {
		for _, s := range list {
			cites(s.Text, s.Evidence, true)
		}
	}
	for _, v := range a.Vectors {
		cites(v.Name, v.Evidence, true)
		for _, s := range v.Sources.Spoofing.Tests {
			if s.Verdict != model.SpoofNotApplicable {
				cites(v.Name+" "+s.Name, []string{s.Evidence}, true)
			}
		}
	}
	for _, f := range a.Findings {
		cites(f.Code, f.Evidence, true)
	}
	for _, c := range a.Claims {
		cites(c.Text, c.Evidence, true)
	}
	for _, f := range a.Families {
		cites(f.Name, f.Evidence, true)
	}
	var packets, bytes, countries, networks, kinds float64
	for _, v := range a.Vectors {
		packets += v.SharePackets.Value
		bytes += v.ShareBytes.Value
	}
	for _, c := range a.Countries {
		countries += c.Share.Value
	}
	for _, n := range a.Networks {
		networks += n.Share.Value
	}
	for _, k := range a.NetworkKinds {
		kinds += k.Share
	}
	for name, s := range map[string]float64{"vectors": packets, "vectors by octets": bytes, "countries": countries, "networks": networks, "kinds": kinds} {
		if s > 1+1e-9 {
			t.Errorf("the shares of %s add up to %g", name, s)
		}
	}
}

// walk looks at every value of a document.
func walk(t *testing.T, path string, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			walk(t, path, v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			walk(t, path+"/"+v.Type().Field(i).Name, v.Field(i))
		}
	case reflect.Slice:
		if v.IsNil() {
			t.Errorf("%s is null", path)
		}
		for i := range v.Len() {
			walk(t, fmt.Sprintf("%s/%d", path, i), v.Index(i))
		}
	case reflect.Float64:
		if x := v.Float(); math.IsNaN(x) || math.IsInf(x, 0) {
			t.Errorf("%s is %g", path, x)
		}
	}
}

func claims(t *testing.T, in *Input, texts ...string) *Input {
	t.Helper()
	for _, text := range texts {
		c, err := claim.Parse(text, in.Names)
		if err != nil {
			t.Fatal(err)
		}
		in.Claims = append(in.Claims, c)
	}
	return in
}

// variants are recordings that the document must be sound for.
func variants(t *testing.T) map[string]*Input {
	change := func(f func(p *model.Profile)) *Input {
		in := recording()
		p := in.Profile
		for i := range p.Targets {
			p.Targets[i].In = 0
		}
		p.Samples, p.Packets, p.Bytes = 0, 0, 0
		f(p)
		return finish(p)
	}
	buckets := func(list ...model.Facts) *Input {
		return change(func(p *model.Profile) { p.Buckets = list })
	}
	out := map[string]*Input{
		"attack":         recording(),
		"attack-located": claims(t, looked(recording()), "over 1 Tbps", "as=64500 majority of packets", "lasted at least 5 seconds", "prefix=11.0.0.0/8 some of packets"),
		"nothing":        buckets(),
		"ordinary":       buckets(facts(vector.UDPService, sources(0x2d000000, 5, 0))),
		"undecided":      buckets(facts(vector.SNMPPort, sources(0x2d000000, 10, 0))),
		"one-direction":  change(func(p *model.Profile) { p.Targets[0].Out = 0 }),
		"sampled": change(func(p *model.Profile) {
			p.Sampled = true
			for i := range p.Buckets {
				c := &p.Buckets[i]
				c.Packets, c.Bytes = c.Packets*100, c.Bytes*100
				c.PacketsVar, c.BytesVar = float64(c.Samples)*9900, float64(c.Samples)*9900*160_000
			}
		}),
		"thinned": change(func(p *model.Profile) {
			for i := range p.Buckets {
				p.Buckets[i].Kept = 0.25
				p.Buckets[i].Samples *= 4
				p.Buckets[i].Packets *= 4
				p.Buckets[i].Bytes *= 4
			}
		}),
		"empty packets": change(func(p *model.Profile) {
			for i := range p.Buckets {
				c := &p.Buckets[i]
				for k := range c.Sources {
					c.Sources[k].Packets, c.Sources[k].Bytes = 0, 0
				}
				c.Packets, c.Bytes, c.PeakPPS, c.PeakBPS, c.Seconds = 0, 0, 0, 0, nil
			}
		}),
		"no seconds": change(func(p *model.Profile) {
			for i := range p.Buckets {
				c := &p.Buckets[i]
				c.Unplaced, c.Seconds, c.PeakPPS, c.PeakBPS = c.Packets, nil, 0, 0
			}
			p.Uncounted = 9
		}),
		"hostile times": change(func(p *model.Profile) {
			p.First, p.Last = -1<<62, 1<<62
			for i := range p.Buckets {
				p.Buckets[i].First, p.Buckets[i].Last = -1<<62, 1<<62
			}
		}),
	}
	troubled := recording()
	troubled.Profile.Duplicates = 7
	troubled.Audit.Multiplied, troubled.Audit.Backwards, troubled.Audit.TCPOversized, troubled.Audit.Forgotten = 1000, 3, 500, 4
	troubled.Audit.FlagRecords, troubled.Audit.ZeroFlags = 100, 100
	troubled.Recording = Recording{Dropped: 1, LostRecords: 2, SFlowDrops: 3, LengthFromWire: 4, RatesFrom: map[string]uint64{"options": 5}, Exports: true}
	out["troubled"] = troubled
	return out
}

func TestDocumentsAreSound(t *testing.T) {
	for name, in := range variants(t) {
		t.Run(name, func(t *testing.T) { sound(t, Build(in)) })
	}
}

// TestGolden compares whole documents; run with -update after looking at the
// difference.
func TestGolden(t *testing.T) {
	all := variants(t)
	for _, name := range []string{"attack-located", "ordinary", "troubled"} {
		got, err := json.MarshalIndent(Build(all[name]), "", " ")
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("testdata", name+".json")
		if *update {
			if err := os.WriteFile(path, append(got, '\n'), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), string(got)+"\n"); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

func TestFindingsAreNamed(t *testing.T) {
	all := variants(t)
	codes := func(name string) map[string]bool {
		m := make(map[string]bool)
		for _, f := range Build(all[name]).Findings {
			m[f.Code] = true
		}
		return m
	}
	for name, want := range map[string][]string{
		"attack":     {},
		"troubled":   {"duplicates", "capture-drops", "export-loss", "sampling-drops", "offloading", "clock-backwards", "no-tcp-flags", "survey-forgot"},
		"thinned":    {"sources-thinned"},
		"no seconds": {"seconds-bounded", "cells-bounded"},
	} {
		got := codes(name)
		for _, code := range want {
			if !got[code] {
				t.Errorf("%s: no finding %s in %v", name, code, got)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

// TestBuildIsRepeatable: the same input gives the same bytes.
func TestBuildIsRepeatable(t *testing.T) {
	once, _ := json.Marshal(Build(variants(t)["attack-located"]))
	for range 3 {
		again, _ := json.Marshal(Build(variants(t)["attack-located"]))
		if d := cmp.Diff(string(once), string(again)); d != "" {
			t.Fatal(d)
		}
	}
}
