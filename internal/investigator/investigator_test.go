package investigator

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"floodmark/internal/journal"
	"floodmark/internal/model"
)

func document(sources uint64) *model.Analysis {
	a := &model.Analysis{Schema: model.AnalysisSchema}
	a.Totals.Sources.Observed = sources
	return a
}

// TestDocumentsAreKnownWithoutTheDisk wants the first and the latest documents,
// the same after a start, and none of them decoded twice.
func TestDocumentsAreKnownWithoutTheDisk(t *testing.T) {
	dir := t.TempDir()
	d, err := openDocuments(dir)
	if err != nil {
		t.Fatal(err)
	}
	for n := range uint64(9) {
		if err := d.write("in-1", n+1, document(n+1)); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.keepRecords("in-1", []model.Record{{Packets: 7}}); err != nil {
		t.Fatal(err)
	}
	again, err := openDocuments(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []*Documents{d, again} {
		if want := []uint64{1, 6, 7, 8, 9}; !slices.Equal(x.revisions["in-1"], want) {
			t.Errorf("revisions %v, want %v", x.revisions["in-1"], want)
		}
		if _, ok := x.Read("in-1", 3); ok {
			t.Error("a document that was let go is there")
		}
		if _, ok := x.Read("../in-1", 1); ok {
			t.Error("a name that is a path was read")
		}
		if records, err := x.records("in-1"); err != nil || len(records) != 1 || records[0].Packets != 7 {
			t.Errorf("records: %v, %v", records, err)
		}
	}
	first, err := again.Analysis("in-1")
	if err != nil || first == nil || first.Totals.Sources.Observed != 9 {
		t.Fatalf("%+v, %v", first, err)
	}
	if second, _ := again.Analysis("in-1"); second != first {
		t.Error("decoded twice")
	}
	if err := again.write("in-1", 10, document(10)); err != nil {
		t.Fatal(err)
	}
	if third, _ := again.Analysis("in-1"); third.Totals.Sources.Observed != 10 {
		t.Error("an old document is shown")
	}
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(filepath.Join(dir, "in-1"), old, old); err != nil {
		t.Fatal(err)
	}
	again.Sweep(time.Minute)
	if _, ok := again.Read("in-1", 0); ok || again.Latest("in-1") != 0 {
		t.Error("swept documents are there")
	}
}

// TestDisclosureIsMadeOnce has many ask at once, and a newer document come.
func TestDisclosureIsMadeOnce(t *testing.T) {
	d, err := openDocuments(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	c := &disclosures{documents: d, by: make(map[string]*Disclosure)}
	if x, err := c.of("in-1"); x != nil || err != nil {
		t.Errorf("of no document: %v, %v", x, err)
	}
	if err := d.write("in-1", 1, document(1)); err != nil {
		t.Fatal(err)
	}
	got := make([]*Disclosure, 20)
	var asking sync.WaitGroup
	for i := range got {
		asking.Go(func() {
			var err error
			if got[i], err = c.of("in-1"); err != nil {
				t.Error(err)
			}
		})
	}
	asking.Wait()
	for _, x := range got {
		if x == nil || x != got[0] || len(x.HTML) == 0 {
			t.Fatal("not all were given the same")
		}
	}
	if err := d.write("in-1", 2, document(2)); err != nil {
		t.Fatal(err)
	}
	if x, err := c.of("in-1"); err != nil || x == got[0] {
		t.Errorf("after a newer document: the old one, %v", err)
	}
}

// slowJournal takes values when it is let.
type slowJournal struct {
	open  chan struct{}
	asked chan struct{}
	err   error
}

func (j *slowJournal) Put(context.Context, string, []byte) error {
	j.asked <- struct{}{}
	<-j.open
	return j.err
}

func (*slowJournal) Get(context.Context, string) ([]byte, error) { return nil, journal.ErrNotFound }

// TestClaimsAreReadWhileOneIsWritten wants readers not to wait for the disk, and
// nothing to be seen that is not there.
func TestClaimsAreReadWhileOneIsWritten(t *testing.T) {
	j := &slowJournal{open: make(chan struct{}), asked: make(chan struct{}, 10)}
	c, err := openClaims(t.Context(), j, []string{"in-1"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { c.run(ctx) })
	defer running.Wait()
	defer stop()
	add := func(text string) error {
		_, err := c.add(t.Context(), "in-1", model.EnteredClaim{Text: text})
		return err
	}
	done := make(chan error, 1)
	go func() { done <- add("the attack had a peak of 10 Gbit/s") }()
	<-j.asked
	if len(c.Of("in-1")) != 0 || c.waits("in-1") {
		t.Error("a claim is seen before it is kept")
	}
	close(j.open)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if err := add("the  attack had a peak of 10 Gbit/s"); !errors.Is(err, ErrClaimLimit) {
		t.Errorf("the same claim again: %v", err)
	}
	if err := add(""); !errors.Is(err, ErrInvalidClaim) {
		t.Errorf("no claim: %v", err)
	}
	list := c.Of("in-1")
	if len(list) != 1 || list[0].ID != "c1" || !c.waits("in-1") {
		t.Fatalf("%+v", list)
	}
	checked := document(1)
	checked.Claims = []model.Claim{{Text: list[0].Text, Verdict: "supported"}}
	for range 2 { // the second says nothing new
		if err := c.check(t.Context(), claimCheck{"in-1", 5, 2, checked}); err != nil {
			t.Fatal(err)
		}
	}
	if list = c.Of("in-1"); len(list[0].History) != 1 || list[0].History[0].Evidence != 2 || c.waits("in-1") {
		t.Errorf("history: %+v", list[0].History)
	}
	j.err = journal.ErrDown
	if err := add("the attack came from 12 countries"); !errors.Is(err, ErrUnavailable) || len(c.Of("in-1")) != 1 {
		t.Errorf("a claim that was not kept: %v", err)
	}
}
