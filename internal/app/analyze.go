package app

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"net/netip"
	"runtime/debug"

	"floodmark/internal/aggregate"
	"floodmark/internal/decode/packet"
	"floodmark/internal/evidence/attackverdict"
	"floodmark/internal/evidence/claim"
	"floodmark/internal/evidence/document"
	"floodmark/internal/evidence/vector"
	"floodmark/internal/geo"
	"floodmark/internal/model"
	"floodmark/internal/source/recording"
)

// AnalyzeOptions are what the user asked of an analysis.
type AnalyzeOptions struct {
	Paths    []string
	Target   string   // prefix or address, "" to find it
	Claims   []string // as typed
	Sampling uint32   // 0: what the data says
	As       string   // recording.Packets, recording.Flows or ""
	Geo      string   // address data; "" finds it, "none" goes without
	Version  string
	Progress func(reading string, done, total int64)
}

// memoryLimit makes the garbage collector work harder before an analysis of
// very many sources passes 1 GiB.
const memoryLimit = 850 << 20

// Analyze reads recordings twice and returns the finished analysis with the
// secret that its salts are derived from. The error is a *usageError where the
// options are wrong, and otherwise says why no input could be read.
func Analyze(ctx context.Context, opt AnalyzeOptions) (*model.Analysis, [32]byte, error) {
	var seed [32]byte
	debug.SetMemoryLimit(memoryLimit)
	target, err := parseTarget(opt.Target)
	if err != nil {
		return nil, seed, err
	}
	names := claimNames()
	claims, err := parseClaims(opt.Claims, names)
	if err != nil {
		return nil, seed, err
	}
	db, geoInfo, err := openGeo(opt.Geo)
	if err != nil {
		return nil, seed, err
	}
	rec, err := recording.Open(ctx, opt.Paths, recording.Options{As: opt.As, Sampling: opt.Sampling, Progress: opt.Progress})
	if err != nil {
		return nil, seed, err
	}
	defer rec.Close()

	survey, profile, err := readTwice(ctx, rec.Read, target)
	if err != nil {
		return nil, seed, err
	}
	if survey.Audit().Records == 0 {
		return nil, seed, nothingUsable(rec.Inputs())
	}
	if len(target) > 0 && profile.Targets[0].In == 0 {
		return nil, seed, &usageError{fmt.Sprintf("--target %s: no packet towards it in this recording", target[0])}
	}
	facts := rec.Facts()
	in := &document.Input{
		Tool:     model.Tool{Name: "floodmark", Version: opt.Version},
		Settings: settings(opt), Inputs: rec.Inputs(), Synthetic: facts.Synthetic,
		Geo: geoInfo, Claims: claims, Names: names,
		Recording: document.Recording{Dropped: facts.Dropped, LengthFromWire: facts.LengthFromWire, LostRecords: facts.LostRecords + facts.LostDatagrams,
			SFlowDrops: facts.SFlowDrops, RatesFrom: facts.RatesFrom, Exports: facts.Datagrams > 0},
	}
	if db != nil {
		in.Locate = db.Lookup
	}
	return assess(in, survey, profile), rec.Seed(), nil
}

// assess is the second half of the line: from what was counted to the finished
// document. in holds what is known besides the counts.
func assess(in *document.Input, survey *aggregate.Survey, profile *model.Profile) *model.Analysis {
	in.Audit, in.Profile = survey.Audit(), profile
	in.Spoofs = &document.Spoofs{Profile: profile, Seed: resamplingSeed}
	in.Assessment = attackverdict.Assess(&attackverdict.Case{Profile: profile, FlagsSent: in.Audit.FlagsSent(), Spoofed: in.Spoofs.Bucket})
	tested, marked, _ := survey.ScanSYNs()
	in.Scan = document.Scan{Tested: tested, Marked: marked, Of: survey.Scanned}
	return document.Build(in)
}

// resamplingSeed starts every resampling, so that the same recording gives the
// same values.
const resamplingSeed = 1

// reading gives every record of something that can be read as often as needed.
type reading func(ctx context.Context, name string, emit func(*model.Record)) error

// readTwice is the first half of the line of an analysis: classify and survey,
// then classify and profile what the survey suspects. Without any record it
// ends after the survey.
func readTwice(ctx context.Context, read reading, target []netip.Prefix) (*aggregate.Survey, *model.Profile, error) {
	survey := aggregate.NewSurvey()
	var key [8]byte
	rand.Read(key[:]) // never fails since Go 1.24
	survey.Key(binary.LittleEndian.Uint64(key[:]))
	look := opener{tunnels: survey.Tunnels, learn: true}
	err := read(ctx, "first reading", func(r *model.Record) {
		r = look.inside(r)
		r.Class = vector.Classify(r)
		survey.Add(r)
	})
	if err != nil {
		return nil, nil, err
	}
	if survey.Audit().Records == 0 {
		return survey, nil, nil
	}
	suspects := target
	if len(suspects) == 0 {
		suspects = survey.Suspects()
	}
	profiler := aggregate.NewProfiler(suspects, survey)
	look = opener{tunnels: survey.Tunnels}
	var quoted model.Record
	err = read(ctx, "second reading", func(r *model.Record) {
		r = look.inside(r)
		r.Class = vector.Classify(r)
		if r.Class == vector.ICMPError && packet.Quote(r, &quoted) {
			profiler.Quote(r, &quoted)
		}
		profiler.Add(r)
	})
	if err != nil {
		return nil, nil, err
	}
	return survey, profiler.Profile(), nil
}

// opener looks into tunnels.
type opener struct {
	tunnels *aggregate.Tunnels
	learn   bool
	decoder packet.Decoder
	inner   model.Record
}

// inside returns what a real tunnel carries, or the record itself.
func (o *opener) inside(r *model.Record) *model.Record {
	if r.Tunnel == model.NoTunnel {
		return r
	}
	if o.decoder.DecodeInner(r, &o.inner) != packet.OK {
		return r
	}
	if o.learn {
		o.tunnels.Observe(r, &o.inner)
	}
	if !o.tunnels.Real(r) {
		return r
	}
	return &o.inner
}

// nothingUsable says what the inputs hold instead of records: the most
// frequent reason.
func nothingUsable(inputs []model.Input) error {
	name, worst := inputs[0].Name, model.Skip{}
	for _, in := range inputs {
		for _, s := range in.Skipped {
			if s.Records > worst.Records || worst.Reason == "" {
				name, worst = in.Name, s
			}
		}
	}
	if worst.Reason == "" {
		return fmt.Errorf("%s: the recording is empty", name)
	}
	return fmt.Errorf("%s: no usable record (%s: %d skipped, first %s)", name, worst.Reason, worst.Records, worst.Example)
}

func settings(opt AnalyzeOptions) model.Settings {
	s := model.Settings{Target: opt.Target, Claims: opt.Claims, Sampling: opt.Sampling, As: opt.As, Seed: resamplingSeed}
	if s.Claims == nil {
		s.Claims = []string{}
	}
	return s
}

// usageError is a wrong option.
type usageError struct{ Text string }

func (e *usageError) Error() string { return e.Text }

func parseTarget(s string) ([]netip.Prefix, error) {
	if s == "" {
		return nil, nil
	}
	if a, err := netip.ParseAddr(s); err == nil {
		return []netip.Prefix{netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen())}, nil
	}
	p, err := netip.ParsePrefix(s)
	if err != nil {
		return nil, &usageError{fmt.Sprintf("--target %s: expected an address or a prefix such as 198.51.100.0/24", s)}
	}
	return []netip.Prefix{p.Masked()}, nil
}

func parseClaims(texts []string, names claim.Names) ([]claim.Claim, error) {
	var out []claim.Claim
	for _, t := range texts {
		c, err := claim.Parse(t, names)
		if err != nil {
			return nil, &usageError{fmt.Sprintf("--claim %q: %v", t, err)}
		}
		out = append(out, c)
	}
	return out, nil
}

// OpenGeo opens address data: the file that is named, or the one in its usual
// places. Where path is "none", or empty and there is none, the DB is nil. The
// error is a *usageError.
func OpenGeo(path string) (*geo.DB, error) {
	db, _, err := openGeo(path)
	return db, err
}

// openGeo opens the address data. A missing database is no error unless it was
// named.
func openGeo(path string) (*geo.DB, model.GeoInfo, error) {
	none := model.GeoInfo{Status: "not-looked-up", Sources: []string{}, Attributed: []string{},
		Note: "no address data; make it with: floodmark geo update"}
	if path == "none" {
		return nil, none, nil
	}
	if path == "" {
		found, ok := geo.Find()
		if !ok {
			return nil, none, nil
		}
		path = found
	}
	db, err := geo.Open(path)
	if err != nil {
		return nil, none, &usageError{err.Error()}
	}
	return db, db.GeoInfo(), nil
}
