package probe

import (
	"testing"

	"pgregory.net/rapid"

	"floodmark/internal/model"
)

const unit = int64(60e9)

// result makes what one letter stands for: o answers, s answers late, f fails,
// r is rate limited, l is our own link.
func result(letter rune, n int) *model.ProbeResult {
	r := &model.ProbeResult{At: int64(n) * unit, Response: 100e6, Text: "it answers"}
	switch letter {
	case 's':
		r.Response = 4e9
	case 'f':
		r.Failure, r.Text = model.ConnectRefused, "refused"
	case 'r':
		r.Failure = model.ResponseThrottled
	case 'l':
		r.Failure = model.OwnLink
	}
	return r
}

func watched() *Watch {
	return NewWatch(model.Component{Slug: "api", Name: "API"}, "here", Learnt{Median: 100e6})
}

// TestStates: after each letter the state is the letter below it, and since is
// when that began, counted in results.
func TestStates(t *testing.T) {
	letters := map[model.ProbeState]byte{model.ProbeUnknown: '?', model.ProbeOK: 'o', model.ProbeSlow: 's', model.ProbeFailing: 'f'}
	for _, c := range []struct {
		results, states string
		since           int64
	}{
		{"o", "?", 0},
		{"oo", "?o", 1},
		{"ff", "?f", 1},
		{"ooff", "?oof", 3},
		{"oofoo", "?oooo", 1},         // one alone says nothing
		{"oofofof", "?ooooof", 3},     // three of five: the first of them began it
		{"oofoofoof", "?oooooooo", 1}, // two of five
		{"ooffof", "?oofff", 3},
		{"ooffoo", "?ooffo", 5},
		{"ooffoof", "?ooffoo", 5}, // what was before is over
		{"ooss", "?oos", 3},
		{"oososos", "?ooooos", 3},
		{"ooffs", "?ooff", 3}, // one slow answer does not end it
		{"ooffss", "?ooffs", 5},
		{"oosff", "?ooof", 4},
		{"oosfs", "?ooos", 3},
		{"oossoo", "?oosso", 5},
		{"ool", "?oo", 1},
		{"ooll", "?oo?", 3},
		{"oorr", "?oo?", 3},
		{"oorl", "?oo?", 3},
		{"oolfo", "?oooo", 1},
		{"oolflf", "?oooof", 4}, // what tells nothing is not between
		{"ffll", "?ff?", 3},
		{"fflllo", "?ff???", 3},
		{"fflloo", "?ff??o", 5},
		{"ffllf", "?ff??", 3}, // begins anew
	} {
		check(t, c.results, c.states, c.since, letters)
	}
}

func check(t *testing.T, results, states string, since int64, letters map[model.ProbeState]byte) {
	t.Helper()
	w := watched()
	var got []byte
	for i, l := range results {
		before := w.Now()
		now, changed := w.Step(result(l, i+1))
		got = append(got, letters[now.State])
		if changed != (now.State != before.State || now.Failure != before.Failure) {
			t.Errorf("%s: changed is %v after %d", results, changed, i+1)
		}
		if now.Last != int64(i+1)*unit {
			t.Errorf("%s: last is %d", results, now.Last)
		}
	}
	if string(got) != states || w.Now().Since != since*unit {
		t.Errorf("%s gives %s since %d, want %s since %d", results, got, w.Now().Since/unit, states, since)
	}
}

// TestReasonsAreThoseOfTheState: what is said is said by a result of that state.
func TestReasonsAreThoseOfTheState(t *testing.T) {
	w := watched()
	w.Step(result('f', 1))
	now, _ := w.Step(result('f', 2))
	if now.Failure != model.ConnectRefused || now.Text != "refused" || now.Component != "api" || now.Name != "API" || now.Vantage != "here" {
		t.Errorf("%+v", now)
	}
	other := result('f', 3)
	other.Failure, other.Text = model.ResponseServer, "it answers with status 500"
	if now, changed := w.Step(other); !changed || now.Failure != model.ResponseServer || now.Since != unit {
		t.Errorf("another reason: %v %+v", changed, now)
	}
	w.Step(result('o', 4))
	if now, _ := w.Step(result('o', 5)); now.Failure != model.NoFailure || now.Text != "it answers" {
		t.Errorf("%+v", now)
	}
	slow := result('s', 6)
	w.Step(slow)
	if now, _ := w.Step(result('s', 7)); !slow.Slow || now.Text != "It answers after 4s, usual are 100ms." {
		t.Errorf("%v %+v", slow.Slow, now)
	}
}

func TestUsualIsLearnt(t *testing.T) {
	w := NewWatch(model.Component{Slug: "api"}, "here", Learnt{})
	for i := range 50 {
		r := result('o', i)
		r.Response = int64(400+i%5) * 1e6
		if i%10 == 3 { // a few that are far off move nothing
			r.Response = 9e9
		}
		w.Step(r)
		if i < firstResults && r.Slow {
			t.Fatalf("result %d is slow before anything is known", i)
		}
	}
	if m := w.Now().Median; m < 400e6 || m > 410e6 {
		t.Errorf("median is %d ns", m)
	}
	late := result('o', 51)
	late.Response = 1.3e9
	if w.Step(late); !late.Slow {
		t.Error("three times the usual is not slow")
	}
	again := NewWatch(model.Component{Slug: "api"}, "here", w.Learnt())
	if again.Now().Median != w.Now().Median || again.Now().State != model.ProbeUnknown {
		t.Errorf("kept: %+v", again.Now())
	}
}

// TestFewMillisecondsAreNeverSlow: what nobody feels is no news.
func TestFewMillisecondsAreNeverSlow(t *testing.T) {
	w := NewWatch(model.Component{Slug: "api"}, "here", Learnt{Median: 2e6})
	r := result('o', 1)
	r.Response = 900e6
	if w.Step(r); r.Slow {
		t.Error("0.9 s is slow")
	}
}

// TestAnHourOfSlownessIsNotTheUsual, and half a day is.
func TestAnHourOfSlownessIsNotTheUsual(t *testing.T) {
	w := NewWatch(model.Component{Slug: "api"}, "here", Learnt{Median: 500e6})
	slowAt := func(n int) bool {
		r := result('o', n)
		r.Response = 2.9e9
		w.Step(r)
		return r.Slow
	}
	for i := range 60 {
		if !slowAt(i) {
			t.Fatalf("not slow after %d minutes", i)
		}
	}
	for i := range 11 * 60 {
		slowAt(60 + i)
	}
	if slowAt(2000) {
		t.Errorf("still slow after half a day, median %d", w.Now().Median)
	}
}

func TestWhatWasKeptIsNotTrusted(t *testing.T) {
	for _, l := range []Learnt{{Median: -5}, {Median: largest + 1}, {First: make([]int64, firstResults+1)}, {First: []int64{-1}}} {
		if w := NewWatch(model.Component{}, "", l); w.Now().Median != 0 || len(w.Learnt().First) != 0 {
			t.Errorf("%+v is used", l)
		}
	}
}

// TestWatchIsBounded: any results give a state that they can give.
func TestWatchIsBounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := NewWatch(model.Component{}, "", Learnt{})
		all := rapid.SliceOfN(rapid.SampledFrom([]rune("osfrl")), 1, 200).Draw(t, "results")
		for i, l := range all {
			now, _ := w.Step(result(l, i+1))
			if len(w.last) > lastKept || len(w.silent) > inARow || len(w.learnt.First) >= firstResults {
				t.Fatal("keeps more than it may")
			}
			if now.State != model.ProbeUnknown && now.Since == 0 || now.Since > now.Last {
				t.Fatalf("since %d, last %d", now.Since, now.Last)
			}
			if (now.State == model.ProbeFailing) != (now.Failure != "" && now.State != model.ProbeUnknown) {
				t.Fatalf("%s with failure %q", now.State, now.Failure)
			}
			if i >= 1 && l == all[i-1] {
				want := map[rune]model.ProbeState{'o': model.ProbeOK, 'f': model.ProbeFailing, 'r': model.ProbeUnknown, 'l': model.ProbeUnknown}[l]
				if want != "" && now.State != want {
					t.Fatalf("two of %c in a row give %s", l, now.State)
				}
			}
		}
	})
}
