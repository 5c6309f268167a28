package conditions

import (
	"log/slog"
	"testing"

	"github.com/google/go-cmp/cmp"

	"floodmark/internal/model"
)

func TestRegistryKeepsTheTimeOfTheFirstRaise(t *testing.T) {
	now := int64(100)
	r := NewRegistry(Config{Now: func() int64 { return now }, Log: slog.New(slog.DiscardHandler)})
	r.Raise(DiskSpaceLow, "", "a")
	now = 200
	r.Set(DiskSpaceLow, "", "b")
	r.Set(InterfaceMissing, "eth1", "gone")
	r.Set(StoreLoss, "", "lost")
	stale := model.Condition{Code: ExporterStale, Subject: "edge-1", Severity: model.Critical, Since: 1}
	want := []model.Condition{
		{Code: InterfaceMissing, Subject: "eth1", Severity: model.Critical, Text: "gone", Since: 200},
		{Code: DiskSpaceLow, Severity: model.Critical, Text: "b", Since: 100}, stale,
		{Code: StoreLoss, Severity: model.Warning, Text: "lost", Since: 200}}
	if d := cmp.Diff(want, r.List(stale)); d != "" {
		t.Error(d)
	}
	r.Set(InterfaceMissing, "eth1", "")
	r.Expire(DiskSpaceLow, "", 50)
	r.Expire(StoreLoss, "", 50)
	if d := cmp.Diff(want[3:], r.List()); d != "" {
		t.Error(d)
	}
}

func TestUnknownCodesAreRejected(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("raised")
		}
	}()
	NewRegistry(Config{Now: func() int64 { return 0 }, Log: slog.New(slog.DiscardHandler)}).Raise("no-such-code", "", "text")
}

// TestEveryCodeIsComplete checks the table: names, texts and what follows from a
// condition.
func TestEveryCodeIsComplete(t *testing.T) {
	for _, c := range Codes() {
		if c.Name == "" || c.Area == "" || c.Severity == "" || c.Means == "" || c.Do == "" {
			t.Errorf("%+v", c)
		}
		if byName[c.Name].Means != c.Means {
			t.Errorf("%s is listed twice", c.Name)
		}
		for _, follows := range c.Implies {
			if byName[follows] == nil || follows == c.Name {
				t.Errorf("%s implies %s", c.Name, follows)
			}
		}
	}
}
