package detector

import (
	"encoding/gob"
	"errors"
	"fmt"
	"io"

	"floodmark/internal/detect/eprocess"
	"floodmark/internal/evidence/cause"
	"floodmark/internal/evidence/localize"
	"floodmark/internal/model"
	"floodmark/internal/outage"
)

// form names the form of what Save writes.
const form = "floodmark.crowd/1"

// head is what stands before the services.
type head struct {
	Form     string
	Seq      uint64 // of the last report in the journal that is in here
	Next     int64
	Judge    outage.Snapshot
	Services int
}

// keptTrack is one service as it is kept.
type keptTrack struct {
	Slug                                                string
	Since                                               int64
	Told                                                bool
	Tally, UsualParts, UsualPlaces, NowParts, NowPlaces []byte
	Total                                               eprocess.Series
	Parts                                               map[string]eprocess.Series
	Episode                                             eprocess.Episode
	Verdict                                             eprocess.Verdict
	Minutes                                             minutes
	Day                                                 []model.Bucket
	Cells                                               []Cells
	Cause                                               model.Cause
	Joined                                              joined
	Course                                              []cause.Minute
	Flows                                               []byte
	Traffic                                             []model.FlowBucket
	Seen, SeenDay                                       int64
	SeenDays                                            int
}

// Save writes everything that a later Load goes on from. seq is the number of
// the last report heard.
func (l *Detector) Save(w io.Writer, seq uint64) error {
	e := gob.NewEncoder(w)
	if err := e.Encode(head{form, seq, l.next, l.judge.Snapshot(), len(l.tracks)}); err != nil {
		return fmt.Errorf("keep reports: %w", err)
	}
	for _, t := range l.tracks {
		k, err := t.keep()
		if err == nil {
			err = e.Encode(k)
		}
		if err != nil {
			return fmt.Errorf("keep reports of %s: %w", t.service.Slug, err)
		}
	}
	return nil
}

type marshaler interface{ MarshalBinary() ([]byte, error) }

func (t *track) keep() (*keptTrack, error) {
	k := &keptTrack{Slug: t.service.Slug, Since: t.since, Told: t.told, Total: *t.total, Parts: make(map[string]eprocess.Series), Episode: t.episode,
		Verdict: t.verdict, Minutes: t.minutes, Day: t.day, Cells: t.cells, Cause: t.cause, Joined: t.joined, Course: t.course, Traffic: t.flows.Day, Seen: t.flows.seen, SeenDay: t.flows.day, SeenDays: t.flows.days}
	for i, c := range t.service.Components {
		k.Parts[c.Slug] = *t.parts[i]
	}
	for _, p := range []struct {
		to   *[]byte
		from marshaler
		skip bool
	}{{&k.Tally, t.tally, false}, {&k.UsualParts, t.usualParts, false}, {&k.UsualPlaces, t.usualPlaces, false},
		{&k.NowParts, t.nowParts, t.nowParts == nil}, {&k.NowPlaces, t.nowPlaces, t.nowPlaces == nil}, {&k.Flows, t.flows.series, t.flows.series == nil}} {
		if p.skip {
			continue
		}
		b, err := p.from.MarshalBinary()
		if err != nil {
			return nil, err
		}
		*p.to = b
	}
	return k, nil
}

// Load takes over what Save wrote, into a new Detector. Services that are not there
// any more are left out, new ones begin. It returns the number of the last report
// that is in it.
func (l *Detector) Load(r io.Reader) (seq uint64, err error) {
	d := gob.NewDecoder(r)
	var h head
	if err := d.Decode(&h); err != nil {
		return 0, fmt.Errorf("read kept reports: %w", err)
	}
	if h.Form != form {
		return 0, fmt.Errorf("read kept reports: form %q, this program reads %q", h.Form, form)
	}
	for range h.Services {
		var k keptTrack
		if err := d.Decode(&k); err != nil {
			return 0, fmt.Errorf("read kept reports: %w", err)
		}
		if t := l.by[k.Slug]; t != nil {
			if err := t.restore(&k); err != nil {
				return 0, fmt.Errorf("read kept reports of %s: %w", k.Slug, err)
			}
		}
	}
	l.next = h.Next
	l.judge.Restore(h.Judge)
	return h.Seq, nil
}

func (t *track) restore(k *keptTrack) error {
	err := errors.Join(t.tally.UnmarshalBinary(k.Tally), t.usualParts.UnmarshalBinary(k.UsualParts), t.usualPlaces.UnmarshalBinary(k.UsualPlaces))
	if k.NowParts != nil && k.NowPlaces != nil {
		t.nowParts, t.nowPlaces = &localize.Shares{}, &localize.Shares{}
		err = errors.Join(err, t.nowParts.UnmarshalBinary(k.NowParts), t.nowPlaces.UnmarshalBinary(k.NowPlaces))
	}
	if err != nil {
		return err
	}
	perYear := t.total.Promise()
	t.total = k.Total.Restore(configOf(t.service, perYear))
	for i, c := range t.service.Components {
		if p, ok := k.Parts[c.Slug]; ok {
			t.parts[i] = p.Restore(configOf(t.service, t.parts[i].Promise()))
		}
	}
	if t.flows.series != nil && k.Flows != nil {
		if err := t.flows.series.UnmarshalBinary(k.Flows); err != nil {
			return err
		}
	}
	t.joined, t.course = k.Joined, k.Course
	t.flows.Day, t.flows.seen, t.flows.day, t.flows.days = k.Traffic, k.Seen, k.SeenDay, k.SeenDays
	t.since, t.told, t.episode, t.verdict, t.minutes, t.day, t.cells, t.cause = k.Since, k.Told, k.Episode, k.Verdict, k.Minutes, k.Day, k.Cells, k.Cause
	t.dirty = true
	return nil
}
