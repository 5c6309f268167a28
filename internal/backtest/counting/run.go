package counting

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"time"

	"floodmark/internal/detect/eprocess"
	"floodmark/internal/model"
)

// Options of a run.
type Options struct {
	Columns Columns
	Budget  model.Budget
}

// Line is one bucket judged. Figures have the unit of the counts.
type Line struct {
	Series   string  `json:"series"`
	Time     string  `json:"time"` // RFC 3339, UTC
	Count    float64 `json:"count"`
	Expected float64 `json:"expected"`
	Low      float64 `json:"low"`
	High     float64 `json:"high"`
	Score    float64 `json:"score"` // log10 of the evidence
	State    string  `json:"state"` // learning, normal, suspected, open or easing
}

// Alarm is an episode's first open bucket.
type Alarm struct {
	Time  string  `json:"time"`
	Count float64 `json:"count"`
}

// Result is one series in the summary.
type Result struct {
	Series  string  `json:"series"`
	Buckets int     `json:"buckets"`
	Step    float64 `json:"step_seconds"`
	From    string  `json:"from"`
	To      string  `json:"to"` // start of the last bucket
	Missing int     `json:"missing"`
	Merged  int     `json:"merged"`
	Peak    float64 `json:"peak"`
	Onset   *string `json:"onset"` // null: there is none
	Found   *bool   `json:"found"` // null without an onset
	Delay   *int    `json:"delay_buckets"`
	Alarms  []Alarm `json:"alarms"`
}

// Summary is the last line.
type Summary struct {
	Budget    string    `json:"promise"`
	PerYear   float64   `json:"promise_per_series_year"`
	Min       float64   `json:"least"`
	Rows      int       `json:"rows"`
	Skipped   []Skipped `json:"skipped"`
	Count     int       `json:"series_count"`
	Buckets   int       `json:"buckets"`
	Years     float64   `json:"series_years"`
	Alarms    int       `json:"alarms"`
	Rate      float64   `json:"alarms_per_series_year"`
	Onsets    int       `json:"onsets"`
	Found     int       `json:"found"`
	Series    []Result  `json:"series"`
	Detection string    `json:"detection"`
}

// Min is the fewest reports in 15 minutes, or in one longer bucket, that open
// an episode, however unusual they are.
const Min = 5

// Run judges a table and writes a Line of JSON for each bucket, series by
// series, then {"summary":…}. Errors of the table begin with the line.
func Run(w io.Writer, r io.Reader, o Options) error {
	t, err := read(r, o.Columns)
	if err != nil {
		return err
	}
	sum := &Summary{Budget: o.Budget.String(), PerYear: o.Budget.PerYear(len(t.series)), Min: Min, Rows: t.rows,
		Skipped: append([]Skipped{}, t.skipped...), Count: len(t.series), Series: make([]Result, 0, len(t.series)),
		Detection: "negative binomial e-detector, docs/counts.md"}
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	for _, s := range t.series {
		res, err := evaluate(s, sum.PerYear, func(l *Line) error { return out.Encode(l) })
		if err != nil {
			return fmt.Errorf("print: %w", err)
		}
		sum.add(res, s)
	}
	if sum.Years > 0 {
		sum.Rate = round(float64(sum.Alarms) / sum.Years)
	}
	sum.Years = round(sum.Years)
	if err := out.Encode(map[string]*Summary{"summary": sum}); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}

func (sum *Summary) add(res *Result, s *series) {
	sum.Series = append(sum.Series, *res)
	sum.Buckets += res.Buckets
	sum.Years += float64(res.Buckets) * float64(s.step) / float64(model.Year)
	sum.Alarms += len(res.Alarms)
	if res.Found != nil {
		sum.Onsets++
		if *res.Found {
			sum.Found++
		}
	}
}

// evaluate runs the detector over one series.
func evaluate(s *series, perYear float64, emit func(*Line) error) (*Result, error) {
	d := eprocess.New(eprocess.Config{Step: time.Duration(s.step), Promise: perYear})
	var e eprocess.Episode
	res := &Result{Series: s.name, Buckets: len(s.buckets), Step: float64(s.step) / 1e9, From: when(s.buckets[0].at), To: when(s.buckets[len(s.buckets)-1].at),
		Merged: s.merged, Missing: s.missing(), Alarms: []Alarm{}}
	var alarms []int
	lately := 0.0 // counts of 15 minutes
	from := 0
	was := model.State("")
	for i, b := range s.buckets {
		lately += b.count
		for ; from < i && b.at-s.buckets[from].at >= int64(15*time.Minute); from++ {
			lately -= s.buckets[from].count
		}
		v, state := e.Take(d, b.at, b.count, lately >= Min)
		if state == model.Open && was != model.Open && was != model.Easing {
			alarms = append(alarms, i)
			res.Alarms = append(res.Alarms, Alarm{when(b.at), b.count})
		}
		was = state
		res.Peak = max(res.Peak, b.count)
		if err := emit(&Line{s.name, when(b.at), b.count, round(v.Mean), round(v.Expectation.Low), round(v.Expectation.High), round(v.Score), word(state, v.Known)}); err != nil {
			return nil, err
		}
	}
	res.score(s, alarms)
	return res, nil
}

// word is the state of a bucket in words.
func word(s model.State, known bool) string {
	switch {
	case s != "":
		return string(s)
	case !known:
		return "learning"
	}
	return "normal"
}

// missing is how many buckets are not there.
func (s *series) missing() int {
	n := 0
	for i := 1; i < len(s.buckets); i++ {
		if gap := s.buckets[i].at - s.buckets[i-1].at; gap > 3*s.step/2 {
			n += int(gap/s.step) - 1
		}
	}
	return n
}

// score compares alarms with the onset: the first bucket over five times the
// median of those before, which counts as at least 1. It is found by an alarm
// from one bucket before to four after it.
func (r *Result) score(s *series, alarms []int) {
	onset := s.onset()
	if onset < 0 {
		return
	}
	at, found := when(s.buckets[onset].at), false
	r.Onset, r.Found = &at, &found
	for _, a := range alarms {
		if a >= onset-1 && a <= onset+4 {
			delay := a - onset
			found, r.Delay = true, &delay
			return
		}
	}
}

func (s *series) onset() int {
	var before []float64 // in order
	for i, b := range s.buckets {
		median := 0.0
		if n := len(before); n > 0 {
			median = (before[(n-1)/2] + before[n/2]) / 2
		}
		if b.count > 5*max(1, median) {
			return i
		}
		at, _ := slices.BinarySearch(before, b.count)
		before = slices.Insert(before, at, b.count)
	}
	return -1
}

func when(ns int64) string { return time.Unix(0, ns).UTC().Format(time.RFC3339Nano) }

// round leaves four digits after the point: more says nothing.
func round(x float64) float64 { return math.Round(x*1e4) / 1e4 }
