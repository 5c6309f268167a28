package report

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"floodmark/internal/model"
)

func (b *bench) renewed(t *testing.T, after int64) {
	t.Helper()
	b.time.Add(after)
	if err := b.renew(t.Context(), b.clock.read()); err != nil {
		t.Fatal(err)
	}
}

func TestSaltsLiveADayAndAreDeleted(t *testing.T) {
	state := newState()
	b := newBench(t, state)
	stop := b.run()
	first := b.salts.Load().now
	if len(state.values) != 1 || !bytes.Contains(state.values[saltKeys[0]], first.key[:]) {
		t.Fatalf("the first salt is not kept: %v", state.values)
	}
	b.renewed(t, saltLife-window-1)
	if b.salts.Load().now != first {
		t.Fatal("the salt was changed early")
	}
	s := from("100.64.0.1")
	b.want("counted", b.proved(s))
	far := from("20.0.0.1")
	for i := range machines.prefix {
		far.Agent = fmt.Sprint(i)
		b.want("counted", b.proved(far))
	}
	before := b.proved(from("100.64.9.1"))
	b.renewed(t, 2)
	now := b.salts.Load()
	if now.now.key == first.key || now.before == nil || now.before.key != first.key {
		t.Fatal("no new salt follows the first")
	}
	b.want("duplicate", s) // who reported stays known over the change, and so do limits
	far.Agent = "one more"
	b.want("suppressed", b.proved(far))
	b.want("counted", before) // a proof is not bound to a salt

	stop() // and over a restart
	b.open()
	for _, r := range b.j.all(t) {
		b.Restore(&r)
	}
	if got := b.salts.Load(); got.now != now.now || *got.before != *now.before {
		t.Error("the salts are not those of before the restart")
	}
	b.run()
	b.want("duplicate", s)

	b.renewed(t, window)
	if got := b.salts.Load(); got.before != nil {
		t.Error("the first salt is still used after a day")
	}
	if len(state.values) != 1 || bytes.Contains(state.values[saltKeys[1]], first.key[:]) {
		t.Errorf("the first salt is still kept: %d values", len(state.values))
	}
	b.want("counted", b.proved(s)) // the window of the first report is over
}

func TestOldAndStrangeSaltsAreDeletedAtTheStart(t *testing.T) {
	for name, change := range map[string]func(*bench){
		"old":        func(b *bench) { b.time.Add(saltLife) },
		"far future": func(b *bench) { b.time.Add(-saltLife) },
		"damaged":    func(b *bench) { b.state.values[saltKeys[0]] = []byte("short") },
	} {
		t.Run(name, func(t *testing.T) {
			state := newState()
			b := newBench(t, state)
			old := b.salts.Load().now.key
			change(b)
			b.open()
			if b.salts.Load().now.key == old || b.salts.Load().before != nil {
				t.Error("the old salt is still used")
			}
			for key, v := range state.values {
				if bytes.Contains(v, old[:]) || len(v) != 40 {
					t.Errorf("%s is still kept", key)
				}
			}
		})
	}
}

// A salt dies after its day though the journal takes nothing.
func TestSaltsDieWhenTheJournalIsDown(t *testing.T) {
	state := newState()
	b := newBench(t, state)
	first := b.salts.Load().now
	state.fail = errors.New("down")
	b.time.Add(saltLife - window)
	if b.renew(t.Context(), b.clock.read()) == nil || b.salts.Load().now.key == first.key {
		t.Fatal("no new salt, or no error")
	}
	b.time.Add(window)
	if b.renew(t.Context(), b.clock.read()) == nil || b.salts.Load().before != nil {
		t.Fatal("the old salt is still used, or no error")
	}
	state.fail = nil
	b.renewed(t, 1)
	for _, v := range state.values {
		if bytes.Contains(v, first.key[:]) {
			t.Error("the old salt is still kept")
		}
	}
	kept := b.salts.Load().now.key
	if b.open(); b.salts.Load().now.key != kept {
		t.Error("the salt that could not be kept at first is another one after a restart")
	}
	if state.fail = errors.New("down"); true {
		if _, err := New(t.Context(), b.c); !errors.Is(err, state.fail) {
			t.Errorf("made without its salts: %v", err)
		}
	}
}

// Different words must not make the same hash, and each part must count.
func TestKeysDependOnEachPart(t *testing.T) {
	s := salt{key: [32]byte{1}}
	base := model.Submission{Service: "a", Address: netip.MustParseAddr("192.0.2.1"), Agent: "bc", Languages: "d"}
	seen := map[uint64]string{s.keys(&base).person: "base"}
	for name, change := range map[string]func(*model.Submission){
		"service":      func(s *model.Submission) { s.Service = "b" },
		"address":      func(s *model.Submission) { s.Address = netip.MustParseAddr("192.0.2.2") },
		"agent":        func(s *model.Submission) { s.Agent = "bcd" },
		"languages":    func(s *model.Submission) { s.Languages = "e" },
		"another cut":  func(s *model.Submission) { s.Agent, s.Languages = "b", "cd" },
		"yet another":  func(s *model.Submission) { s.Agent, s.Languages = "", "bcd" },
		"another salt": func(*model.Submission) {},
	} {
		sub, by := base, s
		if change(&sub); name == "another salt" {
			by.key[0]++
		}
		k := by.keys(&sub)
		if other, ok := seen[k.person]; ok {
			t.Errorf("%s and %s are the same person", name, other)
		}
		seen[k.person] = name
	}
	near := base
	near.Address = netip.MustParseAddr("192.0.2.99")
	if a, b := s.keys(&base), s.keys(&near); a.hash != b.hash || a.client != b.client || a.person == b.person || a.address == b.address {
		t.Error("neighbours with the same browser: prefix and client are to be alike, person and address are not")
	}
	near.Service = "b"
	if a, b := s.keys(&base), s.keys(&near); a.hash == b.hash || a.client != b.client {
		t.Error("another service: the prefix is to be another, the client is not")
	}
}

func TestRunRenewsSaltsAndTellsTheTime(t *testing.T) {
	b := newBench(t, newState())
	first := b.salts.Load().now.key
	b.time.Add(saltLife - window)
	b.run()
	<-b.ticks
	if b.Stats().SaltError != "" {
		t.Errorf("%+v", b.Stats())
	}
	if b.salts.Load().now.key == first {
		t.Error("no new salt")
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.upTo != b.time.Load() || b.time.Load()-testStart != saltLife-window {
		t.Errorf("the sink was told %s", time.Duration(b.upTo-testStart))
	}
}

func TestRunTellsThatASaltIsNotDeleted(t *testing.T) {
	state := newState()
	b := newBench(t, state)
	b.renewed(t, saltLife-window)
	b.time.Add(window)
	state.fail = errors.New("no space left")
	b.run()
	<-b.ticks
	if got := b.Stats().SaltError; got != "delete an old salt: no space left" {
		t.Error(got)
	}
}
