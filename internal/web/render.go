package web

import (
	"html/template"
	"math"
	"strconv"
	"strings"
	"time"

	"floodmark/internal/chart"
	"floodmark/internal/geo/country"
	"floodmark/internal/model"
	"floodmark/internal/text"
	"floodmark/internal/wording"
)

var pageNames = []string{"overview", "traffic", "flows", "incidents", "incident", "login", "about", "message", "reports", "service"}

// parse reads all templates. They are part of the program: an error in one is
// a fault of it, and a test renders each.
func parse() map[string]*template.Template {
	common := template.Must(template.New("layout").Funcs(functions()).ParseFS(files, "templates/layout.html", "templates/parts.html"))
	out := make(map[string]*template.Template, len(pageNames))
	for _, n := range pageNames {
		out[n] = template.Must(template.Must(common.Clone()).ParseFS(files, "templates/"+n+".html"))
	}
	return out
}

func functions() template.FuncMap {
	return template.FuncMap{
		"state": stateWord, "stateof": func(s string) word { return stateWord(model.State(s)) }, "severity": severityWord, "presence": verdictWord, "spoof": spoofWord,
		"rate":    rate,
		"count":   text.Count,
		"countu":  func(n uint64) string { return text.Count(float64(n)) },
		"counti":  func(n int) string { return text.Count(float64(n)) },
		"short":   text.Short,
		"bits":    text.Bits,
		"pct":     text.Percent,
		"range_":  wording.Range,
		"crange":  countRange,
		"count64": func(n int64) string { return text.Count(float64(n)) },
		"brange":  bitRange,
		"vector":  func(s string) string { return text.Clean(wording.Vector(s), 60) },
		"land":    land,
		"clean":   func(n int, s string) string { return text.Clean(s, n) },
		"say":     func(n int, s string) string { return wording.Sentence(s, n) },
		"when":    when,
		"rfc":     whenText,
		"ago":     ago,
		"lasted":  func(ns int64) string { return text.Duration(math.Round(float64(ns) / 1e9)) },
		"seconds": seconds,
		"meter":   func(share float64) string { return strconv.FormatFloat(100*chart.Clamp(share), 'f', 1, 64) + "%" },
		"title":   upperFirst,
		"sub":     func(a, b int) int { return max(a-b, 0) },
		"probe":   func(s model.ProbeState) word { return probeWord(s) },
		"slash":   func(s string) string { return strings.ReplaceAll(s, "/", "_") },
	}
}

// word is a state or verdict with the mark and the class that it is shown with,
// so that colour alone never tells it.
type word struct{ Mark, Word, Class string }

func stateWord(s model.State) word {
	switch s {
	case model.Suspected:
		return word{"◇", "suspected", "suspected"}
	case model.Open:
		return word{"■", "open", "open"}
	case model.Easing:
		return word{"◪", "easing", "easing"}
	}
	return word{"○", "closed", "closed"}
}

func severityWord(s model.Severity) word {
	switch s {
	case model.Critical:
		return word{"▲", "critical", "critical"}
	case model.Warning:
		return word{"△", "warning", "warning"}
	}
	return word{"·", "info", "info"}
}

func verdictWord(p model.AttackVerdict) word {
	switch p {
	case model.AttackYes:
		return word{"■", "An attack", "yes"}
	case model.AttackNo:
		return word{"○", "Not an attack", "no"}
	case model.AttackUndecided:
		return word{"◪", "Undecided", "undecided"}
	}
	return word{"?", "Not known yet", "undecided"}
}

func spoofWord(v model.Spoofing) word {
	switch v {
	case model.SpoofReal:
		return word{"✓", "real", "real"}
	case model.SpoofSpoofed:
		return word{"✗", "spoofed", "spoofed"}
	case model.SpoofUndecided:
		return word{"?", "undecided", "undecided"}
	case model.SpoofNotApplicable:
		return word{"–", "not applicable", "not-applicable"}
	}
	return word{"?", "not known yet", "undecided"}
}

var metricWords = [model.Metrics]string{"packets", "bits", "flows", "TCP packets", "UDP packets", "ICMP packets", "packets of other protocols",
	"SYN packets", "fragments", "packets from reflecting ports", "UDP bits", "bits from reflecting ports"}

func metricWord(m model.Metric) string {
	if m < model.Metrics {
		return metricWords[m]
	}
	return m.String()
}

// rate writes a rate of a metric in its unit.
func rate(m model.Metric, v float64) string {
	if m.Unit() == "bits/s" {
		return text.Bits(v)
	}
	return text.Count(tidy(v)) + " " + m.Unit()
}

// brief is rate in few characters.
func brief(m model.Metric, v float64) string {
	if m.Unit() == "bits/s" {
		return text.Bits(v)
	}
	return text.Short(tidy(v)) + " " + m.Unit()
}

// tidy drops what nobody reads from large rates.
func tidy(v float64) float64 {
	if math.Abs(v) >= 10 {
		return math.Round(v)
	}
	return v
}

func countRange(e model.Estimate) string {
	if e.Low == nil || e.High == nil {
		return ""
	}
	return wording.CountRange(e)
}

func bitRange(e model.Estimate) string {
	if e.Low == nil || e.High == nil || wording.Complete(e) {
		return ""
	}
	return text.Bits(*e.Low) + " – " + text.Bits(*e.High)
}

// land names a country by its code, the code itself where it is none.
func land(code string) string {
	if country.Known(code) {
		return country.Name(code)
	}
	if code == "" || code == "unknown" {
		return "not known"
	}
	return text.Clean(code, 20)
}

// when is a time for people and programs; scripts show it in the reader's zone.
// It is made of a number alone, so it needs no escaping.
func when(now time.Time, ns int64) template.HTML {
	if ns == 0 {
		return "–"
	}
	t := time.Unix(0, ns).UTC()
	return mark(now, t)
}

func mark(now, t time.Time) template.HTML {
	layout := "15:04:05"
	if d := now.Sub(t); d > 18*time.Hour || d < -18*time.Hour {
		layout = "2 Jan 2006, 15:04:05"
	}
	return template.HTML(`<time datetime="` + t.Format(time.RFC3339) + `" title="` + t.Format("2 January 2006, 15:04:05 UTC") + `">` + t.Format(layout) + ` UTC</time>`)
}

// whenText is the same for the time of a document, which may be anything.
func whenText(now time.Time, s string) template.HTML {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return template.HTML(template.HTMLEscapeString(text.Clean(s, 40)))
	}
	return mark(now, t.UTC())
}

// ago is how old something is. Scripts let it grow.
func ago(now time.Time, ns int64) string {
	if ns == 0 {
		return "never"
	}
	d := now.Sub(time.Unix(0, ns))
	if d < time.Second {
		return "now"
	}
	return text.Duration(math.Round(d.Seconds())) + " ago"
}

// seconds writes a length of nanoseconds below a minute with a digit.
func seconds(ns int64) string {
	return strconv.FormatFloat(float64(ns)/1e9, 'f', 1, 64) + " s"
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
