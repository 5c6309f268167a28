package page

import (
	"html/template"
	"slices"
	"strconv"
	"strings"

	"floodmark/internal/model"
)

// probeRow is what the probes of one component say.
type probeRow struct {
	word
	Name  string
	Text  string
	Since int64
	Last  int64
	Usual string // how long an answer takes usually, "" where that is not known or says nothing
}

// probesOf is what the probes of a service say.
type probesOf struct {
	Rows []probeRow
	Note template.HTML
}

// likeness is the situation whose mark and class a state is shown with.
var likeness = map[model.ProbeState]string{model.ProbeOK: calm, model.ProbeSlow: suspected, model.ProbeFailing: open}

func newProbes(l *locale, list []model.ProbeNow) probesOf {
	var out probesOf
	var from []string
	for i := range list {
		p := &list[i]
		if i == maxParts {
			break
		}
		kind := likeness[p.State]
		if kind == "" {
			kind = unknown
		}
		r := probeRow{word: word{marks[kind], l.probeWord(p.State), kind}, Name: l.part(p.Component, p.Name), Text: l.probeText(p), Since: p.Since, Last: p.Last}
		if p.Median > 0 && (p.State == model.ProbeOK || p.State == model.ProbeSlow) {
			r.Usual = l.t("probes.usual", l.secs(p.Median))
		}
		out.Rows = append(out.Rows, r)
		if v := l.vantage(p.Vantage); v != "" && !slices.Contains(from, v) {
			from = append(from, v)
		}
	}
	if len(from) > 0 {
		out.Note = l.h("probes.note", strings.Join(from, ", "))
	}
	return out
}

// vantage is where probes stand; the name that servers have by themselves is
// said in the reader's language.
func (l *locale) vantage(s string) string {
	if s == "this server" {
		return l.t("probes.here")
	}
	return clean(60, s)
}

func (l *locale) probeWord(s model.ProbeState) string {
	switch s {
	case model.ProbeOK:
		return l.t("probes.ok")
	case model.ProbeSlow:
		return l.t("probes.slow")
	case model.ProbeFailing:
		return l.t("probes.failing")
	}
	return l.t("probes.unknown")
}

// probeText says why, in the reader's language. "" is for states whose word
// says all.
func (l *locale) probeText(p *model.ProbeNow) string {
	if p.State != model.ProbeFailing {
		switch p.Failure {
		case model.OwnLink:
			return l.t("probes.link")
		case model.ResponseThrottled:
			return l.t("probes.limited")
		}
		return ""
	}
	switch p.Failure {
	case model.NameFailed:
		return l.t("probes.dns")
	case model.ConnectRefused:
		return l.t("probes.refused")
	case model.ConnectTimeout, model.ConnectFailed:
		return l.t("probes.connect")
	case model.TLSFailed:
		return l.t("probes.tls")
	case model.ResponseTimeout:
		return l.t("probes.timeout")
	case model.ResponseFailed:
		return l.t("probes.cut")
	case model.ResponseServer:
		return l.t("probes.errors", l.status(p.Status))
	case model.ResponseRefused:
		return l.t("probes.refuses", l.status(p.Status))
	}
	return l.t("probes.unlike", l.status(p.Status))
}

// status is a status of HTTP to be put after words, "" for none.
func (l *locale) status(n int) string {
	if n < 100 || n > 999 {
		return ""
	}
	return " (" + strconv.Itoa(n) + ")"
}

// secs writes a short time with two digits or so.
func (l *locale) secs(ns int64) string {
	s := float64(ns) / 1e9
	text := strconv.FormatFloat(s, 'f', 1, 64)
	if s < 1 {
		text = strconv.FormatFloat(max(s, 0.01), 'f', 2, 64)
	}
	return strings.Replace(text, ".", l.point, 1) + "\u00a0s"
}
