package page

import (
	"fmt"
	"html/template"
	"strings"

	"floodmark/internal/model"
	"floodmark/internal/text"
	"floodmark/internal/wording"
)

// Limits of the lists that the page shows; the JSON report has all of them.
const (
	maxVectors   = 10
	maxCountries = 20
	maxNetworks  = 15
	maxClaims    = 20
	maxEvidence  = 120
	maxInputs    = 40
)

// key is one of the figures at the top.
type key struct{ Name, Value, Unit, Detail string }

// swatch is a colour with a pattern, as the legend shows it.
type swatch struct{ Name, Class, Pat string }

// HasPattern reports whether the colour carries a pattern.
func (s swatch) HasPattern() bool { return hasPattern(s.Pat) }

// HasPattern reports whether the area carries a pattern.
func (l layer) HasPattern() bool { return hasPattern(l.Pat) }

func hasPattern(p string) bool { return p != "" && p != "p0" && p != "pb" }

// word is a verdict with the mark, word and colour that it is shown with.
type word struct{ Mark, Word, Class string }

type vectorView struct {
	V      model.Vector
	Title  string
	Tags   []string
	Swatch swatch
	Fields []fieldView
	Tests  []testView
	NotRun string // tests that do not apply
	Asked  bool   // the question whether it was asked for makes sense
}

type claimView struct {
	C       model.Claim
	Verdict word
	Bounds  string
	Bar     *claimBar
}

// view is what the template sees.
type view struct {
	A                          *model.Analysis
	Outage                     *outageView // nil where it is not about a service
	Style                      template.CSS
	StyleHash                  string
	Headline                   string
	HeadCites                  []string
	State, StateMark           string
	StateWord                  string
	Summary                    []model.Sentence
	Quiet, Sampled, Reflected  bool
	Keys                       []key
	Timelines                  []timeline
	Legend                     []swatch
	Vectors                    []vectorView
	Map                        *worldMap
	Countries                  []bar
	Scale                      scale
	Claims                     []claimGroup
	Answered                   string
	Nowhere                    bool // no address could be located
	Mixed                      bool // no single sentence answers whether sources are real
	Intervals                  bool // countries and networks have intervals of this recording
	SamplingText               string
	MoreVectors, MoreCountries int
	MoreNetworks, MoreClaims   int
	MoreEvidence, MoreInputs   int
}

func newView(a *model.Analysis) *view {
	v := &view{A: a, Outage: newOutage(a), Style: template.CSS(style), StyleHash: styleHash(), Timelines: timelines(a), Summary: a.Summary,
		Quiet: a.Attack != model.AttackYes, Sampled: a.Totals.Sampling.From != "none" && a.Totals.Sampling.From != ""}
	v.Headline = wording.Headline(a)
	if len(a.Summary) > 0 && a.Summary[0].Text != "" {
		v.Headline = strings.TrimSuffix(sentence(220, a.Summary[0].Text), ".")
		v.HeadCites, v.Summary = a.Summary[0].Evidence, a.Summary[1:]
	}
	v.Mixed = len(a.Spoofing.Text) != 1
	v.state()
	v.Keys = keys(a)
	v.swatches()
	if a.Geo.Status == "looked-up" {
		v.Nowhere = true
		for _, c := range a.Countries {
			v.Nowhere = v.Nowhere && c.Code == "unknown"
		}
	}
	if a.Geo.Status == "looked-up" && !v.Nowhere {
		v.Countries, v.Scale = countryBars(a.Countries[:min(len(a.Countries), maxCountries)])
		v.Map = newMap(a.Countries)
	}
	claims := unsaid(a)
	v.Claims, v.Answered = claimGroups(claims[:min(len(claims), maxClaims)]), answered(claims)
	for _, n := range a.Networks {
		v.Intervals = v.Intervals || wording.Range(n.Share) != ""
	}
	v.SamplingText = samplingText(a.Totals.Sampling)
	v.MoreVectors, v.MoreCountries = max(len(a.Vectors)-maxVectors, 0), max(len(a.Countries)-maxCountries, 0)
	v.MoreNetworks, v.MoreClaims = max(len(a.Networks)-maxNetworks, 0), max(len(claims)-maxClaims, 0)
	v.MoreEvidence, v.MoreInputs = max(len(a.Evidence)-maxEvidence, 0), max(len(a.Inputs)-maxInputs, 0)
	return v
}

func (v *view) state() {
	switch v.A.Attack {
	case model.AttackYes:
		v.State, v.StateMark, v.StateWord = "yes", "■", "Attack"
	case model.AttackNo:
		v.State, v.StateMark, v.StateWord = "no", "○", "No attack"
	default:
		v.State, v.StateMark, v.StateWord = "undecided", "◪", "Undecided"
	}
}

// swatches gives every vector the colour and pattern that it has in the charts.
func (v *view) swatches() {
	byName := map[string]swatch{}
	if len(v.Timelines) > 0 {
		for _, l := range v.Timelines[0].Charts[0].Layers {
			s := swatch{wording.Vector(l.Name), l.Class, l.Pat}
			byName[l.Name] = s
			v.Legend = append(v.Legend, s)
		}
	}
	for i, m := range v.A.Vectors[:min(len(v.A.Vectors), maxVectors)] {
		s, ok := byName[m.Name]
		if !ok {
			s = swatch{wording.Vector(m.Name), fmt.Sprintf("f%d", min(i, maxLayers)), fmt.Sprintf("p%d", min(i, maxLayers))}
		}
		tags := []string{}
		for j, t := range m.Traits {
			if j < 8 {
				tags = append(tags, tag(t))
			}
		}
		w := vectorView{V: m, Title: s.Name, Tags: tags, Swatch: s, Fields: fieldViews(m.Fields)}
		w.Tests, w.NotRun = testViews(m.Sources.Spoofing)
		w.Asked = m.Unsolicited.Verdict != "" && m.Unsolicited.Verdict != "not-applicable"
		v.Vectors = append(v.Vectors, w)
		v.Reflected = v.Reflected || strings.Contains(m.Name, "reflection")
	}
}

func keys(a *model.Analysis) []key {
	t := a.Totals
	if a.Attack == model.AttackNo {
		return []key{
			{"recorded", text.Duration(recorded(a)), "", text.Clock(a.First) + " – " + text.Clock(a.Last) + " UTC"},
			{"packets", text.Count(float64(a.Background.Packets)), "", "none of them called an attack"},
			{"volume", text.Bytes(float64(a.Background.Bytes)), "", "of recorded packets"},
			{"files", text.Count(float64(len(a.Inputs))), "", files(a)},
		}
	}
	s := t.Sources
	sources := text.Count(float64(s.Observed))
	if s.Bound == "lower-bound" {
		sources = "at least " + sources
	}
	effective := text.Clean(s.Note, 120)
	if s.Effective != nil {
		effective = "effective number " + text.Count(s.Effective.Value) + brackets(wording.CountRange(*s.Effective))
	}
	real := spoofWord(a.Spoofing.Verdict)
	out := []key{
		{"peak packet rate", text.Count(t.PeakPPS), "packets/s", "in the fullest second"},
		{"peak bit rate", text.Bits(t.PeakBPS), "", "in the fullest second"},
		{"duration", text.Duration(t.Seconds), "", text.Clock(a.First) + " – " + text.Clock(a.Last) + " UTC"},
		{"packets", text.Count(t.Packets.Value), "", interval(wording.CountRange(t.Packets), t.Packets.Basis)},
		{"volume", text.Bytes(t.Bytes.Value), "", interval(wording.ByteRange(t.Bytes), t.Bytes.Basis)},
		{"source addresses", sources, "", effective},
		{"are they real?", real.Mark + " " + real.Word, "", map[string]string{"real": "from the networks they claim"}[real.Class]},
	}
	if p := a.Target; p != nil {
		out = append([]key{targetKey(p)}, out...)
	}
	return out
}

// recorded is the seconds of the attack or, without one, of the recording.
func recorded(a *model.Analysis) float64 {
	if a.Totals.Seconds > 0 {
		return a.Totals.Seconds
	}
	return text.SecondsBetween(a.First, a.Last)
}

func files(a *model.Analysis) string {
	if len(a.Inputs) == 0 {
		return ""
	}
	return text.Clean(a.Inputs[0].Name, 40)
}

func targetKey(t *model.Target) key {
	k := key{Name: "target", Value: "unknown"}
	if len(t.Prefixes) > 0 {
		k.Value = text.Clean(strings.TrimSuffix(strings.TrimSuffix(t.Prefixes[0], "/32"), "/128"), 50)
	}
	notes := []string{}
	if n := len(t.Prefixes) - 1; n > 0 {
		notes = append(notes, fmt.Sprintf("and %d more", n))
	}
	if t.Hosts > 1 {
		notes = append(notes, text.Count(float64(t.Hosts))+" hosts")
	}
	if t.Trait == "carpet-bombing" {
		notes = append(notes, "carpet bombing")
	}
	if t.Given {
		notes = append(notes, "as given")
	}
	if t.Reachable == "inbound-only" {
		notes = append(notes, "only traffic towards it was recorded")
	}
	k.Detail = strings.Join(notes, ", ")
	if k.Value == "target" { // hidden in the redacted form
		k.Value, k.Detail = "withheld", "the service’s own addresses"
	}
	return k
}

func interval(s, basis string) string {
	if s == "" {
		return text.Clean(basis, 60)
	}
	return s
}

func brackets(s string) string {
	if s == "" {
		return ""
	}
	return " (" + s + ")"
}

func samplingText(s model.Sampling) string {
	if s.From == "none" || s.From == "" {
		return "Every packet in it was counted: it is not sampled."
	}
	rates := []string{}
	for i, r := range s.Rates {
		if i < 8 {
			rates = append(rates, "1 in "+text.Count(float64(r)))
		}
	}
	t := "Sampled " + strings.Join(rates, ", ") + " (told by: " + text.Clean(s.From, 30) + "). Counts are estimates."
	if s.Divided > 1 {
		t += fmt.Sprintf(" The exporter had already multiplied its counts by %s; they were divided back for the intervals.", text.Count(float64(s.Divided)))
	}
	return t
}
