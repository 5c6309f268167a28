package report

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"floodmark/internal/model"
)

func drawReport(t *rapid.T) model.Report {
	text := rapid.StringN(0, 20, 80)
	return model.Report{At: rapid.Int64Range(0, math.MaxInt64).Draw(t, "at"), Service: text.Draw(t, "service"), Component: text.Draw(t, "component"),
		Kind: model.ReportKind(rapid.IntRange(0, 1).Draw(t, "kind")), Via: model.Via(rapid.IntRange(0, 2).Draw(t, "via")),
		Referral: model.Referral(rapid.IntRange(0, 2).Draw(t, "referral")), Country: model.Code2(rapid.Uint16().Draw(t, "country")),
		Region: text.Draw(t, "region"), ASN: rapid.Uint32().Draw(t, "asn"), Network: text.Draw(t, "network"), Person: rapid.Uint64().Draw(t, "person"),
		Prefix: rapid.Uint64().Draw(t, "prefix"), Client: rapid.Uint32().Draw(t, "client"), Work: rapid.Uint8().Draw(t, "work"),
		Suppressed: rapid.Bool().Draw(t, "suppressed"), Text: rapid.StringN(0, textMost, 4*textMost).Draw(t, "text")}
}

func parse(b []byte) (out []model.Report, err error) {
	err = ParseBatch(b, func(r *model.Report) error { out = append(out, *r); return nil })
	return out, err
}

func TestBatchesAreReadAsTheyWereWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var want []model.Report
		b := AppendBatch(nil)
		for range rapid.IntRange(0, 5).Draw(t, "reports") {
			r := drawReport(t)
			want, b = append(want, r), AppendReport(b, &r)
		}
		got, err := parse(b)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
		if len(want) > 0 {
			if got, err := parse(b[:len(b)-1]); err == nil && len(got) == len(want) {
				t.Fatal("a cut batch was read whole")
			}
		}
	})
}

func TestBatchesThatAreNone(t *testing.T) {
	whole := AppendReport(AppendBatch(nil), &model.Report{At: 1, Service: "alpha"})
	flags, time, long := bytes.Clone(whole), bytes.Clone(whole), bytes.Clone(whole[:1+fixedOctets])
	flags[9] |= 1 << 7
	time[8] |= 1 << 7
	long = append(long, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1)
	for name, b := range map[string][]byte{"empty": nil, "version": {9}, "octet": {1, 0}, "flags": flags, "time": time, "length": long} {
		if _, err := parse(b); err == nil || !strings.HasPrefix(err.Error(), "read ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	stop := errors.New("stop")
	if err := ParseBatch(whole, func(*model.Report) error { return stop }); err != stop {
		t.Error(err)
	}
}

func FuzzParseBatch(f *testing.F) {
	f.Add(AppendReport(AppendBatch(nil), &model.Report{At: 1, Service: "alpha", Text: "no login", Region: "CA", Network: "access"}))
	f.Fuzz(func(t *testing.T, b []byte) {
		list, err := parse(b)
		if err != nil {
			return
		}
		again := AppendBatch(nil)
		for i := range list {
			again = AppendReport(again, &list[i])
		}
		if back, err := parse(again); err != nil || !cmp.Equal(list, back) {
			t.Errorf("%x was read as %x", b, again)
		}
	})
}
