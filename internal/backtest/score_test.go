package backtest

import (
	"encoding/json"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"floodmark/internal/model"
)

var begin = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC).UnixNano()

func at(seconds float64) int64 { return begin + int64(seconds*1e9) }

func target(s string) model.TargetID {
	t, err := model.ParseTarget(s)
	if err != nil {
		panic(err)
	}
	return t
}

// reported makes an incident that was noticed a second after its start and opened
// at opened; 0 for never.
func reported(id, where string, start, opened float64, vectors ...string) Reported {
	t := Reported{Incident: model.Incident{
		Header: model.Header{
			ID: id, Target: target(where), State: model.Closed, Started: at(start), Noticed: at(start + 1),
			LastSeen: at(start + 60), Ended: at(start + 60),
		},
		TrafficIncident: model.TrafficIncident{
			Direction: model.In,
			Excesses:  []model.Excess{{Kind: model.ByThreshold, Metric: model.Packets, Bound: 100, Peak: 300}},
		},
	}, Worst: model.Warning}
	if opened != 0 {
		t.Opened = at(opened)
	}
	for _, v := range vectors {
		t.Vectors = append(t.Vectors, model.Weight{Value: v, Share: 1 / float64(len(vectors))})
	}
	return t
}

func attack(name, where, vector string, start, end float64) Attack {
	return Attack{Name: name, Vectors: []string{vector}, Targets: []model.TargetID{target(where)}, Start: at(start), End: at(end)}
}

func day1(list ...Reported) *Output {
	return &Output{First: begin, Last: at(day / 2), Targets: 100, Incidents: list}
}

func assess(t *testing.T, truth []Attack, list ...Reported) *Document {
	t.Helper()
	return Assess(day1(list...), &Truth{Attacks: truth})
}

func TestAttackIsFoundByHostsAndPrefixesOfItsTarget(t *testing.T) {
	for _, where := range []string{"198.18.19.0/24", "198.18.19.7", "198.18.16.0/20", "customer:access", "network"} {
		d := assess(t, []Attack{attack("carpet", "198.18.19.0/24", "reflection-cldap", 100, 400)}, reported("a", where, 100, 103, "reflection-cldap"))
		s := d.Score
		if s.Found != 1 || s.FalseAlarms != 0 || d.Incidents[0].Verdict != "attack" || *s.DelayMax != 3 || s.Vectors[0].Recall != 1 {
			t.Errorf("%s: %+v, verdict %s", where, s, d.Incidents[0].Verdict)
		}
	}
}

func TestOtherPlaceTimeOrDirectionIsFalse(t *testing.T) {
	truth := []Attack{attack("flood", "198.18.19.7", "syn-flood", 100, 400)}
	out := reported("out", "198.18.19.7", 120, 130)
	out.Direction = model.Out
	for _, x := range []Reported{reported("place", "198.18.20.7", 120, 130), reported("after", "198.18.19.7", 800, 810), reported("before", "198.18.19.7", 10, 12), out} {
		d := assess(t, truth, x)
		if d.Score.Found != 0 || d.Score.FalseAlarms != 1 || d.Incidents[0].Verdict != "false-alarm" {
			t.Errorf("%s: %+v, verdict %s", x.ID, d.Score, d.Incidents[0].Verdict)
		}
	}
	if d := assess(t, truth, out); d.Incidents[0].Beside != "flood" {
		t.Errorf("beside %q", d.Incidents[0].Beside)
	}
}

// An alarm that was there before and lasts into the attack finds it, and was
// false all the same.
func TestAlarmFromBeforeIsFalseThoughItCovers(t *testing.T) {
	x := reported("a", "198.18.19.7", 50, 60)
	x.LastSeen = at(300)
	d := assess(t, []Attack{attack("flood", "198.18.19.7", "syn-flood", 100, 400)}, x)
	if d.Score.Found != 1 || *d.Score.DelayMax != 0 || d.Score.FalseAlarms != 1 {
		t.Errorf("%+v", d.Score)
	}
}

func TestSuspicionIsNoAlarm(t *testing.T) {
	x := reported("a", "198.18.19.7", 100, 0)
	x.Dismissed, x.Because = true, "96 % full TCP segments from about 12 networks"
	y := x
	y.ID, y.Because = "b", "97 % full TCP segments from about 8 networks"
	d := assess(t, []Attack{attack("flood", "198.18.19.7", "syn-flood", 100, 400)}, x, y)
	s := d.Score
	if s.Found != 0 || s.Missed != 1 || s.FalseAlarms != 0 || s.Attacks[0].Noticed == nil || *s.Attacks[0].Noticed != 1 || s.DelayMedian != nil {
		t.Errorf("%+v", s)
	}
	if len(d.Dismissed) != 1 || d.Dismissed[0].Count != 2 || d.Dismissed[0].Because != "N % full TCP segments from about N networks" {
		t.Errorf("dismissed: %+v", d.Dismissed)
	}
	if d.Incidents[0].Verdict != "dismissed-attack" || d.Alarms.Opened != 0 {
		t.Errorf("verdict %s, %d opened", d.Incidents[0].Verdict, d.Alarms.Opened)
	}
}

func TestRecallCountsByVector(t *testing.T) {
	d := assess(t, []Attack{attack("one", "198.18.19.7", "syn-flood", 100, 400), attack("two", "198.18.20.7", "syn-flood", 100, 400), attack("three", "198.18.21.7", "udp-flood", 100, 400)},
		reported("a", "198.18.19.7", 100, 102, "syn-flood"), reported("b", "198.18.20.7", 100, 110, "ack-flood"))
	want := []VectorScore{{Vector: "ack-flood", Wrong: 1}, {Vector: "syn-flood", Attacks: 2, Found: 2, Named: 1, Recall: 0.5}, {Vector: "udp-flood", Attacks: 1}}
	if !reflect.DeepEqual(d.Score.Vectors, want) {
		t.Errorf("got %+v", d.Score.Vectors)
	}
	if *d.Score.DelayMedian != 6 || *d.Score.DelayMax != 10 || d.Score.Missed != 1 {
		t.Errorf("%+v", d.Score)
	}
}

func TestAlarmsAreCountedByDayAndTarget(t *testing.T) {
	a := assess(t, nil, reported("a", "198.18.19.7", 100, 102), reported("b", "198.18.20.7", 100, 0)).Alarms
	if a.Opened != 1 || a.Noticed != 2 || a.Days != 0.5 || a.PerDay != 2 || a.PerTargetDay != 0.02 || a.PerDayOfFalse != 2 {
		t.Errorf("%+v", a)
	}
}

func TestWithoutTruthNothingIsAssessed(t *testing.T) {
	d := Assess(day1(reported("a", "198.18.19.7", 100, 102, "syn-flood")), nil)
	if d.Score != nil || d.Incidents[0].Verdict != "" || d.Incidents[0].Vectors[0].Right != nil {
		t.Errorf("%+v", d.Incidents[0])
	}
	if text := Text(d); strings.Contains(text, "truth") || strings.Contains(text, "alse") {
		t.Errorf("judged in the text:\n%s", text)
	}
}

func TestTruthOfOneAttackIsItsVectorsTogether(t *testing.T) {
	truth, err := ReadTruth([]byte(`{"schema":"floodmark.truth/1","scenario":"s","attack":true,"target":["198.18.0.1"],"vectors":[
		{"name":"syn-flood","first":"2026-06-15T12:00:05Z","last":"2026-06-15T12:00:09Z"},{"name":"udp-flood","first":"2026-06-15T12:00:00Z","last":"2026-06-15T12:00:07Z"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	a := truth.Attacks[0]
	if len(truth.Attacks) != 1 || a.Start != begin || a.End != at(9) || strings.Join(a.Vectors, " ") != "syn-flood udp-flood" {
		t.Errorf("%+v", truth)
	}
}

func TestWrongTruthIsRefused(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`nonsense`, "read truth: invalid character"},
		{`{}`, `schema "", expected floodmark.truth/1`},
		{`{"schema":"floodmark.truth/1","attacks":[{"name":"x","vector":"v","direction":"sideways"}]}`, "sideways"},
		{`{"schema":"floodmark.truth/1","attacks":[{"name":"x","vector":"v","direction":"in"}]}`, "a target"},
		{`{"schema":"floodmark.truth/1","attacks":[{"name":"x","vector":"v","direction":"in","target":["nowhere"]}]}`, "nowhere"},
	} {
		if _, err := ReadTruth([]byte(c.in)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, expected %q", c.in, err, c.want)
		}
	}
}

func FuzzReadTruth(f *testing.F) {
	f.Add([]byte(`{"schema":"floodmark.truth/1","attacks":[{"name":"x","vector":"v","direction":"in","target":["198.18.0.1"]}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if truth, err := ReadTruth(b); err == nil {
			Text(Assess(day1(reported("a", "198.18.19.7", 100, 102)), truth))
		}
	})
}

// TestEveryFieldIsDocumented compares the types with docs/backtest.md.
func TestEveryFieldIsDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/backtest.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := make(map[string]bool)
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z0-9_.\\[\\]]+)` \\|").FindAllSubmatch(page, -1) {
		documented[string(m[1])] = true
	}
	is := make(map[string]bool)
	fields("", reflect.TypeFor[Document](), is)
	for name := range is {
		if !documented[name] {
			t.Errorf("docs/backtest.md does not tell %s", name)
		}
	}
	for name := range documented {
		if !is[name] {
			t.Errorf("docs/backtest.md tells %s, which is not there", name)
		}
	}
}

func fields(prefix string, t reflect.Type, out map[string]bool) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		if t.Kind() == reflect.Slice {
			prefix += "[]"
		}
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || t == reflect.TypeFor[model.TargetID]() {
		return
	}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		path := strings.TrimPrefix(prefix+"."+name, ".")
		out[path] = true
		fields(path, t.Field(i).Type, out)
	}
}

// Lists are never null, whatever is empty.
func TestEmptyDocumentHasNoNullLists(t *testing.T) {
	b, err := json.Marshal(Assess(&Output{First: begin, Last: begin}, &Truth{}))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`"(\w+)":null`).FindAllStringSubmatch(string(b), -1) {
		if m[1] != "delay_median" && m[1] != "delay_max" {
			t.Errorf("%s is null", m[1])
		}
	}
}
