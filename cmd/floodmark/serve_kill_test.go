package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"floodmark/internal/api"
	"floodmark/internal/incident"
	"floodmark/internal/journal"
	"floodmark/internal/model"
	"floodmark/internal/scenario/export"
	"floodmark/internal/view"
)

// promised is what a program said that was safe before it was killed.
type promised struct {
	mu      sync.Mutex
	noted   map[string]map[string]bool // notes of commands that were acknowledged, by incident
	changes map[uint64]string          // by number, as the stream told them
	seen    map[string]uint64          // incidents: highest revision
}

func (p *promised) change(c view.Change) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.changes[c.Number] = fmt.Sprintf("%s %s %d", c.Type, c.Incident.ID, c.Incident.Revision)
	p.seen[c.Incident.ID] = max(p.seen[c.Incident.ID], c.Incident.Revision)
}

// commands acknowledges the incident of a target with a note of its own, until
// the program dies.
func (p *promised) commands(s *served, target string, round int) {
	for n := 0; ; n++ {
		code, b, err := s.send("GET", "/api/v1/incidents?target="+target, "")
		if err != nil {
			return
		}
		var page api.IncidentPage
		if code != 200 || json.Unmarshal(b, &page) != nil || len(page.Incidents) == 0 {
			<-time.After(time.Millisecond)
			continue
		}
		id, note := page.Incidents[0].ID, fmt.Sprintf("round %d, %d", round, n)
		code, _, err = s.send("POST", "/api/v1/incidents/"+id+"/acknowledge", fmt.Sprintf(`{"note":%q}`, note))
		if err != nil {
			return
		}
		if code == 200 {
			p.mu.Lock()
			if p.noted[id] == nil {
				p.noted[id] = make(map[string]bool)
			}
			p.noted[id][note] = true
			p.mu.Unlock()
		}
	}
}

// killing runs the program, kills it at a random moment, and starts it again.
func killing(t *testing.T, rounds int) {
	h, url := newHook(t)
	file := configured(t, "networks: [198.51.100.0/24]\n"+webhook(t, url))
	dir := t.TempDir()
	p := &promised{noted: make(map[string]map[string]bool), changes: make(map[uint64]string), seen: make(map[string]uint64)}
	rng := rand.New(rand.NewPCG(4, 5))
	s := serving(t, file, dir)
	f := exporting(t, feeds{protocol: export.SFlow, from: "127.0.3.1", to: s.sflow, sampling: 1000})
	f.traffic(250, udpFlood("198.51.100.9"))
	in := s.opened("198.51.100.9")
	var took []time.Duration
	commanded := 0
	for round := range rounds {
		ctx, cancel := context.WithCancel(t.Context())
		s.events(ctx, p.change)
		var wg sync.WaitGroup
		wg.Go(func() { p.commands(s, "198.51.100.9", round) })
		<-time.After(time.Duration(200+rng.IntN(1200)) * time.Millisecond) // any moment will do
		s.kill()
		wg.Wait()
		cancel()
		s = s.again()
		took = append(took, s.ready.Round(time.Millisecond))
		p.check(s)
	}
	for _, notes := range p.noted {
		commanded += len(notes)
	}
	if commanded == 0 || len(p.changes) == 0 {
		t.Errorf("nothing was tested: %d commands, %d changes", commanded, len(p.changes))
	}
	if list := s.incidents("198.51.100.9"); len(list) != 1 || list[0].ID != in.ID {
		t.Errorf("one attack became %d incidents", len(list))
	}
	if keys := h.heard("opened", in.ID); len(keys) == 0 || len(slices.Compact(keys)) != 1 {
		t.Errorf("the opening was told under the keys %q", keys)
	}
	slices.Sort(took)
	t.Logf("%d kills, %d commands, %d changes; start until ready: median %s, longest %s", rounds, commanded, len(p.changes), took[len(took)/2], took[len(took)-1])
	if code := s.stop(); code != exitDone {
		t.Errorf("exit code %d", code)
	}
	sameAsJournal(t, filepath.Join(dir, "journal"))
}

// check asks the program that was started again for all that was promised.
func (p *promised) check(s *served) {
	s.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	kept := make(map[string]map[string]bool)
	numbers := make(map[uint64]string)
	for id, revision := range p.seen {
		var in view.Incident
		s.get("/api/v1/incidents/"+id, &in)
		if in.Revision < revision {
			s.t.Errorf("incident %s is of revision %d, was told as %d", id, in.Revision, revision)
		}
	}
	ctx, cancel := context.WithCancel(s.t.Context())
	defer cancel()
	var mu sync.Mutex
	s.events(ctx, func(c view.Change) {
		mu.Lock()
		defer mu.Unlock()
		numbers[c.Number] = fmt.Sprintf("%s %s %d", c.Type, c.Incident.ID, c.Incident.Revision)
		if a := c.Incident.Acknowledged; a != nil {
			if kept[c.Incident.ID] == nil {
				kept[c.Incident.ID] = make(map[string]bool)
			}
			kept[c.Incident.ID][a.Note] = true
		}
	})
	s.until("the journal has all that was told", func() bool {
		mu.Lock()
		defer mu.Unlock()
		for n, what := range p.changes {
			if numbers[n] != what {
				return false
			}
		}
		for id, notes := range p.noted {
			for note := range notes {
				if !kept[id][note] {
					return false
				}
			}
		}
		return true
	})
}

// TestKillLosesNothingAcknowledged kills the program while an attack goes on
// and commands are given.
func TestKillLosesNothingAcknowledged(t *testing.T) {
	t.Parallel()
	killing(t, 8)
}

// sameAsJournal checks what the journal holds: every incident's revisions
// follow each other, and the inputs replayed give the changes that were
// written.
func sameAsJournal(t *testing.T, dir string) {
	t.Helper()
	j, err := journal.Open(t.Context(), journal.Config{Dir: dir, Reserve: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	var written []model.Change
	revision := make(map[string]uint64)
	err = j.Read(t.Context(), journal.Changes, 0, func(seq uint64, _ time.Time, data []byte) error {
		var c model.Change
		if err := json.Unmarshal(data, &c); err != nil {
			return err
		}
		if c.Incident.Revision != revision[c.Incident.ID]+1 {
			t.Errorf("change %d of %s: revision %d after %d", seq, c.Incident.ID, c.Incident.Revision, revision[c.Incident.ID])
		}
		revision[c.Incident.ID] = c.Incident.Revision
		written = append(written, c)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	m := incident.New(incident.Config{})
	var replayed []model.Change
	err = j.Read(t.Context(), journal.Inputs, 0, func(_ uint64, _ time.Time, data []byte) error {
		var in incident.Input
		if err := json.Unmarshal(data, &in); err != nil {
			return err
		}
		replayed = append(replayed, m.Step(in)...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	form := func(list []model.Change) (out []string) {
		for _, c := range list {
			b, _ := json.Marshal(c)
			out = append(out, string(b))
		}
		return out
	}
	a, b := form(written), form(replayed)
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) || a[i] != b[i] {
			t.Errorf("change %d of %d written, %d replayed:\n%s\n%s", i, len(a), len(b), at(a, i), at(b, i))
			return
		}
	}
	t.Logf("%d changes, the same when replayed", len(a))
}

func at(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return "none"
}
