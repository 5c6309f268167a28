package investigator

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"time"

	"floodmark/internal/app"
	"floodmark/internal/engine"
	"floodmark/internal/model"
)

// examine makes one document of an incident and sends the engine its summary.
func (v *Investigator) examine(ctx context.Context, id string) {
	v.mu.Lock()
	x := v.underway[id]
	if x == nil {
		v.mu.Unlock()
		return
	}
	in, started, revision, last := x.incident, x.started, x.revision+1, x.last
	v.mu.Unlock()

	v.busy.Add(1)
	began := time.Now()
	a, n, err := v.document(ctx, &in, started, revision)
	v.c.Seconds.Since(began)
	v.busy.Add(-1)
	switch {
	case err != nil && ctx.Err() == nil:
		v.failed.Add(1)
		v.c.Log.Warn("evidence document not made", "incident", id, "error", err)
	case a != nil:
		v.done.Add(1)
		v.d.Engine.Send(engine.Findings(summary(&in, a, revision, n, v.c.Clock.Now())))
	}
	v.mu.Lock()
	x.busy = false
	if a != nil {
		x.revision = revision
	}
	again := x.last && !last // it closed meanwhile
	if x.last && last {
		delete(v.underway, id)
		v.d.Captures.Stop(id)
	}
	if again {
		v.submit(id, x)
	}
	v.mu.Unlock()
}

// document gathers records, examines them and keeps the document.
func (v *Investigator) document(ctx context.Context, in *model.Incident, started int64, revision uint64) (*model.Analysis, int, error) {
	prefixes, _ := v.d.Scope.Customer(in.Target)
	if in.Target.Kind <= model.PrefixTarget {
		prefixes = []netip.Prefix{in.Target.Prefix()}
	}
	var records []model.Record
	if since, kept, ok := v.d.Captures.Captured(in.ID); ok {
		started, records = since, kept
	}
	before := v.d.Records.Gather(in.Started-int64(reachBack), func(r *model.Record) bool {
		towards, from := sides(in.Target, prefixes, r)
		return (towards || from) && (records == nil || r.Last < started)
	})
	records = append(before, records...)
	if in.Direction == model.Out { // what the target gets meanwhile is another story
		records = slices.DeleteFunc(records, func(r model.Record) bool {
			_, from := sides(in.Target, prefixes, &r)
			return !from
		})
	}
	slices.SortStableFunc(records, func(a, b model.Record) int { return cmp.Compare(a.First, b.First) })
	if len(records) < minRecords {
		return nil, 0, nil
	}
	target := prefixes
	if in.Direction == model.Out || len(prefixes) > 1 {
		target = nil // found among what the records hold: the outbound attack's target is a stranger
	}
	a, err := app.Examine(ctx, v.sample(in.ID, revision, records, target), v.d.Scope.Geo())
	if err != nil || a == nil {
		return nil, 0, err
	}
	if v.documents == nil {
		return a, len(records), nil
	}
	if err := v.documents.write(in.ID, revision, a); err != nil {
		return a, len(records), err
	}
	if err := v.claims.check(ctx, claimCheck{in.ID, v.c.Clock.Now(), revision, a}); err != nil {
		v.c.Log.Warn("results of claims not kept", "incident", in.ID, "error", err)
	}
	return a, len(records), v.documents.keepRecords(in.ID, records)
}

// sample is what an examination of records is given.
func (v *Investigator) sample(id string, revision uint64, records []model.Record, target []netip.Prefix) *app.Sample {
	s := &app.Sample{Name: fmt.Sprintf("%s, samples of revision %d", id, revision), Records: records, Target: target, Lost: v.d.Records.Lost(),
		Version: v.c.Version, Synthetic: v.c.Synthetic}
	if v.claims != nil {
		s.Claims = v.claims.texts(id)
	}
	return s
}

// sides says whether a record goes towards a target, and whether it comes from it.
func sides(t model.TargetID, prefixes []netip.Prefix, r *model.Record) (towards, from bool) {
	switch t.Kind {
	case model.HostTarget:
		return r.Dst == t.Addr, r.Src == t.Addr
	case model.PrefixTarget:
		return t.Contains(model.HostID(r.Dst)), t.Contains(model.HostID(r.Src))
	}
	for _, p := range prefixes {
		towards = towards || p.Contains(r.Dst.Netip())
		from = from || p.Contains(r.Src.Netip())
	}
	return towards, from
}

// summary is what the engine needs of a document.
func summary(in *model.Incident, a *model.Analysis, revision uint64, records int, now int64) model.Findings {
	f := model.Findings{Incident: in.ID, Revision: revision, At: now, AttackVerdict: a.Attack, Spoofing: a.Spoofing.Verdict,
		Sources: a.Totals.Sources.Observed, Samples: uint64(records)}
	if len(a.AttackReasons) > 0 {
		f.Because = a.AttackReasons[0].Text
	}
	for _, v := range a.Vectors {
		f.Vectors = append(f.Vectors, model.Weight{Value: v.Name, Packets: v.Packets, Bytes: v.Bytes, Share: v.SharePackets.Value})
	}
	for _, c := range a.Countries[:min(len(a.Countries), 10)] {
		f.Countries = append(f.Countries, model.Weight{Value: c.Code, Packets: c.Packets, Bytes: c.Bytes, Share: c.Share.Value})
	}
	for _, n := range a.Networks[:min(len(a.Networks), 10)] {
		f.Networks = append(f.Networks, model.Weight{Value: fmt.Sprintf("AS%d %s", n.ASN, n.Name), Packets: n.Packets, Bytes: n.Bytes, Share: n.Share.Value})
	}
	return f
}

// ExamineUnderway examines once more what is under way, in the order of names, and
// calls after after each: for the end of a replay.
func (v *Investigator) ExamineUnderway(ctx context.Context, after func()) {
	v.mu.Lock()
	ids := slices.Sorted(maps.Keys(v.underway))
	v.mu.Unlock()
	for _, id := range ids {
		v.examine(ctx, id)
		after()
	}
}
