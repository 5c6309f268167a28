package page

import (
	"fmt"
	"html/template"
	"reflect"
	"regexp"
	"strings"

	"floodmark/internal/model"
	"floodmark/internal/text"
	"floodmark/internal/wording"
)

// functions are what the template may call.
func functions() template.FuncMap {
	return template.FuncMap{
		"clean":    func(n int, s string) string { return text.Clean(s, n) },
		"first":    first,
		"list":     func(s string) []string { return []string{s} },
		"anchor":   anchor,
		"count":    text.Count,
		"countu":   func(n uint64) string { return text.Count(float64(n)) },
		"counti":   func(n int) string { return text.Count(float64(n)) },
		"counti64": func(n int64) string { return text.Count(float64(n)) },
		"bits":     text.Bits,
		"bytesu":   func(n uint64) string { return text.Bytes(float64(n)) },
		"pct":      text.Percent,
		"range_":   wording.Range,
		"crange":   wording.CountRange,
		"between":  betweenText,
		"num":      number,
		"span":     text.Span,
		"clock":    text.Clock,
		"minute":   text.Minute,
		"above":    func(y float64) float64 { return y - 10 },
		"panelOf":  func(c jointChart, p any) any { return panelIn{c, p} },
		"vector":   wording.Vector,
		"say":      sentence,
		"class":    func(s string) string { return text.Clean(wording.Class(s), 80) },
		"upper":    upper,
		"also":     also,
		"verdict":  spoofWord,
		"severity": severity,
		"evidence": evidence,
		"input":    input,
		"hash":     func(s string) string { return text.Clean(s, 12) },
		"width":    text.Width,
	}
}

// panelIn is a panel and the chart that it is part of.
type panelIn struct {
	C jointChart
	P any
}

// first is the first n elements of a list.
func first(n int, list any) any {
	v := reflect.ValueOf(list)
	if v.Kind() != reflect.Slice || v.Len() <= n {
		return list
	}
	return v.Slice(0, n).Interface()
}

var identifier = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9.-]{0,15}$`)

// anchor is an evidence ID where it may stand in a link, else "".
func anchor(id string) string {
	if identifier.MatchString(id) {
		return id
	}
	return ""
}

var numberAndUnit = regexp.MustCompile(`([0-9]) (%|s|min|h|[kMGT]?bit/s|[kMGT]bit|[kMGT]?B|million|billion)([^a-zA-Z]|$)`)

// sentence writes a sentence of the document; a figure and its unit stay on one line.
func sentence(n int, s string) string {
	return numberAndUnit.ReplaceAllString(numberAndUnit.ReplaceAllString(wording.Sentence(s, n), "$1\u00a0$2$3"), "$1\u00a0$2$3")
}

// upper writes a short text of the document with a capital letter.
func upper(n int, s string) string { return strings.TrimSuffix(wording.Sentence(s, n), ".") }

// also joins other explanations into one line.
func also(list []string) string {
	out := []string{}
	for i, s := range list {
		if i < 3 {
			out = append(out, strings.TrimSuffix(wording.Words(text.Clean(s, 200)), "."))
		}
	}
	return strings.Join(out, "; ")
}

func number(p *float64) string {
	if p == nil {
		return ""
	}
	return text.Count(*p)
}

func betweenText(lo, hi *float64) string {
	switch {
	case lo == nil && hi == nil:
		return ""
	case lo == nil:
		return "at most " + number(hi)
	case hi == nil:
		return "at least " + number(lo)
	}
	return number(lo) + "–" + number(hi)
}

func spoofWord(v model.Spoofing) word {
	switch v {
	case model.SpoofReal:
		return word{"✓", "real", "real"}
	case model.SpoofSpoofed:
		return word{"✗", "spoofed", "spoofed"}
	case model.SpoofUndecided:
		return word{"?", "undecided", "undecided"}
	}
	return word{"–", "not applicable", "not-applicable"}
}

func claimWord(v model.Verdict) word {
	switch v {
	case model.Supported:
		return word{"✓", "supported", "supported"}
	case model.Contradicted:
		return word{"✗", "contradicted", "contradicted"}
	}
	return word{"?", "cannot be determined", "cannot"}
}

func severity(s string) word {
	if s == "caution" {
		return word{"▲", "caution", "caution"}
	}
	return word{"·", "note", "noted"}
}

// evidence is the small print of one item: how, from what and how sure.
func evidence(e model.Evidence) string {
	s := []string{text.Clean(e.Kind, 20), fmt.Sprintf("method %s, version %d", text.Clean(e.Method, 40), e.Version)}
	if e.Value != nil {
		v := "value " + inUnit(*e.Value, e.Unit)
		if e.Low != nil && e.High != nil && *e.Low != *e.High {
			v += " (" + text.Bounds(e.Low, e.High, e.Unit) + ")"
		}
		s = append(s, v)
	}
	if e.N > 0 {
		s = append(s, "n = "+text.Count(float64(e.N)))
	}
	if e.M > 0 {
		s = append(s, text.Count(float64(e.M))+" sources")
	}
	if e.Subject != "" {
		s = append(s, "about "+wording.Words(text.Clean(e.Subject, 60)))
	}
	return strings.Join(s, " · ")
}

func inUnit(v float64, unit string) string {
	switch unit {
	case "share":
		return text.Percent(v)
	case "bits/s":
		return text.Bits(v)
	case "bytes":
		return text.Bytes(v)
	}
	return strings.TrimSpace(text.Count(v) + " " + text.Clean(unit, 24))
}

// input says in one line what a file is.
func input(in model.Input) string {
	if !in.Analysed {
		return "not analysed"
	}
	s := []string{text.Clean(in.Format, 20)}
	if in.Compression != "none" && in.Compression != "" {
		s = append(s, text.Clean(in.Compression, 10))
	}
	s = append(s, text.Clean(in.Kind, 10))
	for i, e := range in.Exports {
		if i < 6 {
			s = append(s, text.Clean(e, 12))
		}
	}
	s = append(s, text.Bytes(float64(in.Bytes)))
	if in.First != "" {
		s = append(s, text.Clock(in.First)+"–"+text.Clock(in.Last))
	}
	return strings.Join(s, ", ")
}
