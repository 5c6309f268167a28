package live

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/gob"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"floodmark/internal/app"
	"floodmark/internal/engine"
	"floodmark/internal/model"
	"floodmark/internal/outage"
)

// joint makes the documents of incidents of services: what people reported, and
// the traffic of all parts examined as one recording, with the claims about it.
// One goroutine does it, whenever something it rests on has changed.
type joint struct {
	s    *Server
	wake chan struct{}
	made map[string]made // by incident; belongs to run

	disclosures disclosures
}

// made is the latest document of an incident.
type made struct {
	key      string
	revision uint64
	at       time.Time // real time
}

const (
	jointEvery   = time.Second
	jointAtMost  = 5 * time.Second // between two documents of an incident, but for claims and its end
	jointRecords = 250_000
	recordsFile  = "records.gob"
	// jointLasts is how long after its end an incident is looked at: evidence of
	// its last wave comes late.
	jointLasts = 2 * time.Hour
)

func newJoint(s *Server) *joint {
	return &joint{s: s, wake: make(chan struct{}, 1), made: make(map[string]made)}
}

func (j *joint) wakeUp() {
	select {
	case j.wake <- struct{}{}:
	default:
	}
}

// run works until ctx is done.
func (j *joint) run(ctx context.Context) {
	tick := time.NewTicker(jointEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-j.wake:
		}
		j.look(ctx)
	}
}

// look makes what is due.
func (j *joint) look(ctx context.Context) {
	now := j.s.clock.Now()
	list := j.s.incidents.Services(func(in *model.Incident) bool {
		return in.Opened != 0 && (in.State != model.Closed || now-in.ClosedAt < int64(jointLasts) || j.s.claims.waits(in.ID))
	}, engine.MaxIncidents)
	for i := range list {
		in := &list[i]
		j.refresh(in)
		old, key := j.made[in.ID], j.key(in)
		if key == old.key || ctx.Err() != nil {
			continue
		}
		if in.State != model.Closed && !j.s.claims.waits(in.ID) && time.Since(old.at) < jointAtMost {
			continue
		}
		revision, err := j.make(ctx, in)
		if err != nil {
			if ctx.Err() == nil {
				j.s.log.Warn("the report of an incident could not be made", "incident", in.ID, "err", err)
			}
			continue
		}
		j.made[in.ID] = made{key, revision, time.Now()}
	}
	for _, in := range j.s.incidents.Traffic() {
		if in.State == model.Closed && j.s.claims.waits(in.ID) && ctx.Err() == nil {
			j.checkClosed(ctx, &in)
		}
	}
	for id := range j.made {
		if !slices.ContainsFunc(list, func(in model.Incident) bool { return in.ID == id }) {
			delete(j.made, id)
		}
	}
}

// key changes with everything that a document rests on.
func (j *joint) key(in *model.Incident) string {
	k := fmt.Sprint(in.State, in.Revision, len(j.s.claims.of(in.ID)))
	for _, p := range in.Traffic {
		k += fmt.Sprint(" ", p.ID, p.Evidence)
	}
	return k
}

// refresh brings the parts of an incident to what is known of them now: it may
// have ended before the last evidence about them came.
func (j *joint) refresh(in *model.Incident) {
	in.Traffic = slices.Clone(in.Traffic)
	for i := range in.Traffic {
		if now, _, ok := j.s.incidents.Get(in.Traffic[i].ID); ok {
			p := &in.Traffic[i]
			p.Evidence, p.Presence, p.Because, p.Spoofing, p.Sources = now.Evidence, now.Presence, now.Because, now.Spoofing, now.Sources
			p.Vectors, p.Countries, p.Networks = now.Vectors, now.Countries, now.Networks
		}
	}
}

// make makes one document, and tells what it says of the claims.
func (j *joint) make(ctx context.Context, in *model.Incident) (uint64, error) {
	s := j.s
	in.Claims = s.claims.of(in.ID)
	var day []model.Bucket
	var flows []model.FlowBucket
	if v, ok := s.reports.View().Service(in.Target.Name); ok {
		day, flows = v.Day, v.Flows
	}
	records, targets := j.records(in)
	revision := latestDocument(s.line.examiner.dir, in.ID) + 1
	sample := &app.Sample{Name: fmt.Sprintf("%s, samples of revision %d", in.ID, revision), Records: records, Target: targets, Lost: s.lost(),
		Version: s.opt.Version, Claims: s.claims.texts(in.ID), Synthetic: s.settings.Synthetic != "", Outage: outage.Report(in, day, flows)}
	a, err := app.Examine(ctx, sample, s.line.geo.Load())
	if err != nil {
		return 0, err
	}
	if err := s.claims.checked(in.ID, s.clock.Now(), revision, a); err != nil {
		return 0, err
	}
	a.Outage = outage.Report(withClaims(in, s.claims.of(in.ID)), day, flows)
	return revision, s.line.examiner.write(in.ID, revision, a)
}

// checkClosed checks the claims about an incident of traffic that is over, with
// the records that were kept of it.
func (j *joint) checkClosed(ctx context.Context, in *model.Incident) {
	s, e := j.s, j.s.line.examiner
	records, err := readRecords(e.dir, in.ID)
	revision := latestDocument(e.dir, in.ID) + 1
	var a *model.Analysis
	if err == nil {
		a, err = app.Examine(ctx, &app.Sample{Name: fmt.Sprintf("%s, samples of revision %d", in.ID, revision), Records: records, Target: network{s}.Prefixes(in.Target),
			Lost: s.lost(), Version: s.opt.Version, Claims: s.claims.texts(in.ID), Synthetic: s.settings.Synthetic != ""}, s.line.geo.Load())
	}
	if a == nil && err == nil { // nothing was kept: the claims cannot be determined
		a, err = app.Examine(ctx, &app.Sample{Name: in.ID, Version: s.opt.Version, Claims: s.claims.texts(in.ID), Outage: &model.OutageReport{}}, nil)
		revision = 0
	}
	if err == nil && revision != 0 {
		err = e.write(in.ID, revision, a)
	}
	if err == nil {
		err = s.claims.checked(in.ID, s.clock.Now(), revision, a)
	}
	if err != nil && ctx.Err() == nil {
		s.log.Warn("claims were not checked", "incident", in.ID, "err", err)
	}
}

func withClaims(in *model.Incident, list []model.EnteredClaim) *model.Incident {
	c := *in
	c.Claims = list
	return &c
}

// records gathers what is kept of all parts, in order of time, and the addresses
// that they are about.
func (j *joint) records(in *model.Incident) ([]model.Record, []netip.Prefix) {
	var all []model.Record
	var targets []netip.Prefix
	for _, p := range in.Traffic {
		part, _, ok := j.s.incidents.Get(p.ID)
		if !ok || part.Presence == model.AttackNo && attacked(in) {
			continue // ordinary traffic beside an attack says nothing of it
		}
		list, err := readRecords(j.s.line.examiner.dir, p.ID)
		if err != nil {
			j.s.log.Warn("records of an incident cannot be read", "incident", p.ID, "err", err)
		}
		all = append(all, list...)
		for _, t := range (network{j.s}).Prefixes(part.Target) {
			if !slices.Contains(targets, t) && len(targets) < mostTargets {
				targets = append(targets, t)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b model.Record) int { return cmp.Compare(a.First, b.First) })
	return all[:min(len(all), jointRecords)], outermost(targets)
}

// attacked reports whether any part is an attack.
func attacked(in *model.Incident) bool {
	return slices.ContainsFunc(in.Traffic, func(p model.TrafficPart) bool { return p.Presence == model.AttackYes })
}

// mostTargets is how many an examination looks at.
const mostTargets = 32

// outermost drops prefixes that lie in others.
func outermost(list []netip.Prefix) []netip.Prefix {
	var out []netip.Prefix
	for i := range list {
		if !nested(list, i) {
			out = append(out, list[i])
		}
	}
	return out
}

// keepRecords keeps the records that an incident's newest document rests on.
func (e *examiner) keepRecords(id string, records []model.Record) error {
	path := filepath.Join(e.dir, id, recordsFile)
	f, err := os.CreateTemp(filepath.Dir(path), recordsFile+".*.part")
	if err != nil {
		return fmt.Errorf("keep records: %w", err)
	}
	defer os.Remove(f.Name())
	err = gob.NewEncoder(f).Encode(records)
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("keep records: %w", err)
	}
	return nil
}

// readRecords reads them; none is no error.
func readRecords(dir, id string) ([]model.Record, error) {
	f, err := os.Open(filepath.Join(dir, id, recordsFile))
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var out []model.Record
	err = gob.NewDecoder(f).Decode(&out)
	return out, err
}

// latestDocument is the revision of the newest document, 0 for none.
func latestDocument(dir, id string) uint64 {
	names, _ := filepath.Glob(filepath.Join(dir, id, "*.json"))
	if len(names) == 0 {
		return 0
	}
	var n uint64
	fmt.Sscanf(strings.TrimSuffix(filepath.Base(slices.Max(names)), ".json"), "%d", &n)
	return n
}

// seedOf draws the secret that a document's salts are derived from.
func seedOf() []byte {
	b := make([]byte, 32)
	rand.Read(b)
	return b
}
