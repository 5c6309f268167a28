package web

import (
	"encoding/json"
	"net/http"
	"strings"

	"floodmark/internal/api"
	"floodmark/internal/model"
	"floodmark/internal/text"
	"floodmark/internal/wording"
)

// trafficIncidentView is the page of one incident.
type trafficIncidentView struct {
	base
	I          card
	Verdict    word
	Because    string
	Chart      drawing
	Story      []moment
	StoryLeft  int
	Vectors    []vectorRow
	Tests      []testRow
	NotRun     string
	Doc        *model.Analysis // nil without evidence
	NoDoc      string          // why there is none
	Samples    []model.RecordLine
	NoSamples  string
	Result     string // what a command came to
	Countries  []share
	Networks   []share
	Excesses   []excessRow
	Keep       keepView
	PartOf     string // name of the service's incident that it is part of, "" for none
	TargetPath string
}

// vectorRow is a vector with what is known of it: from a first look only its
// share, from the evidence document everything.
type vectorRow struct {
	Name, Slug string
	Share      string
	Range      string
	Width      float64
	V          *model.Vector
}

type testRow struct {
	Vector, Name, Reason string
	Verdict              model.Spoofing
	N                    int64
}

// share is one line of a ranking.
type share struct {
	Name, Note, Value, Range string
	Width                    float64
	Ask                      string // question about it, "" for none
}

type excessRow struct {
	What, Kind, Bound, Peak string
	Since                   int64
	Active                  bool
}

// Limits of the lists on the page; the report and the JSON have all of them.
const (
	maxVectors = 12
	maxShares  = 12
	maxSamples = 20
	maxTests   = 24
)

func (p *pages) incident(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	in, changes, ok := p.back.Incident(id)
	if !ok {
		p.message(w, r, http.StatusNotFound, notice{"Incident not found", "There is no incident with this ID.", "It may have been deleted after its retention period. All stored incidents are listed under Incidents."})
		return
	}
	if in.Target.Kind == model.ServiceTarget {
		p.service(w, r, &in, changes)
		return
	}
	v := trafficIncidentView{base: p.base(r, "Incident on "+text.Clean(in.Target.String(), 60), "incidents"), I: newCard(&in), Verdict: verdictWord(in.AttackVerdict),
		Because: wording.Sentence(in.Because, 400), Result: results[r.URL.Query().Get("done")], TargetPath: targetLink(in.Target)}
	v.Chart = p.incidentChart(r.Context(), &in, v.Now)
	v.Story, v.StoryLeft = story(&in, changes)
	v.Excesses = excessRows(&in)
	if whole, _, ok := p.back.Incident(in.PartOf); ok && in.PartOf != "" {
		v.PartOf = titleOf(&whole)
	}
	if in.State != model.Closed {
		v.Refresh = 5
	}
	v.Doc, v.NoDoc = p.document(r, &in, false)
	v.Keep = keepView{&in, v.Doc != nil, false}
	v.vectors(&in)
	v.sources(&in)
	samples, err := p.back.Samples(r.Context(), id)
	if v.Samples = samples[:min(len(samples), maxSamples)]; err != nil {
		v.NoSamples = p.words(err)
	}
	p.show(w, http.StatusOK, "incident", v)
}

// document reads the evidence of an incident, in its full form or redacted; nil,
// and why, where there is none.
func (p *pages) document(r *http.Request, in *model.Incident, redacted bool) (*model.Analysis, string) {
	if in.Evidence == 0 {
		return nil, "The evidence document is not ready yet. The values below come from the triage of a few records."
	}
	read := p.back.Evidence
	if redacted {
		read = p.back.Disclosure
	}
	text, err := read(r.Context(), in.ID, 0)
	if err != nil {
		return nil, "The evidence document cannot be read: " + p.words(err)
	}
	var a model.Analysis
	if err := json.Unmarshal(text, &a); err != nil || a.Schema != model.AnalysisSchema {
		p.log.Error("failed to decode evidence document", "incident", in.ID, "error", err)
		return nil, "This version cannot show the evidence document. Download it as JSON."
	}
	return &a, ""
}

func (v *trafficIncidentView) vectors(in *model.Incident) {
	if v.Doc == nil {
		for _, w := range in.Vectors[:min(len(in.Vectors), maxVectors)] {
			v.Vectors = append(v.Vectors, vectorRow{Name: text.Clean(wording.Vector(w.Value), 60), Slug: w.Value, Share: text.Percent(w.Share), Width: w.Share})
		}
		return
	}
	var skipped []string
	for i := range v.Doc.Vectors[:min(len(v.Doc.Vectors), maxVectors)] {
		x := &v.Doc.Vectors[i]
		row := vectorRow{Name: text.Clean(wording.Vector(x.Name), 60), Slug: x.Name, Share: text.Percent(x.SharePackets.Value),
			Range: wording.Range(x.SharePackets), Width: x.SharePackets.Value, V: x}
		v.Vectors = append(v.Vectors, row)
		for _, t := range x.Sources.Spoofing.Tests {
			name := text.Clean(strings.ReplaceAll(t.Name, "-", " "), 40)
			if t.Verdict == model.SpoofNotApplicable {
				skipped = append(skipped, name)
			} else if len(v.Tests) < maxTests {
				v.Tests = append(v.Tests, testRow{row.Name, name, wording.Sentence(t.Reason, 300), t.Verdict, t.N})
			}
		}
	}
	v.NotRun = strings.Join(unique(skipped, 12), ", ")
}

// unique drops repeats, and what is beyond n.
func unique(list []string, n int) []string {
	seen := map[string]bool{}
	var out []string
	for _, s := range list {
		if !seen[s] && len(out) < n {
			out = append(out, s)
		}
		seen[s] = true
	}
	return out
}

func (v *trafficIncidentView) sources(in *model.Incident) {
	if v.Doc == nil {
		v.Countries = weights(in.Countries, land)
		v.Networks = weights(in.Networks, func(s string) string { return text.Clean(s, 60) })
		return
	}
	for _, c := range v.Doc.Countries[:min(len(v.Doc.Countries), maxShares)] {
		name := text.Clean(c.Name, 40)
		if name == "" {
			name = land(c.Code)
		}
		v.Countries = append(v.Countries, share{Name: name, Value: text.Percent(c.Share.Value), Range: wording.Range(c.Population), Width: c.Share.Value})
	}
	for _, n := range v.Doc.Networks[:min(len(v.Doc.Networks), maxShares)] {
		name := "not known"
		if n.ASN != 0 {
			name = "AS" + text.Clean(fmtUint(uint64(n.ASN)), 12)
		}
		note := strings.TrimSpace(text.Clean(n.Name, 60))
		if k := text.Clean(n.Kind, 20); k != "" && k != "unknown" {
			note = strings.TrimPrefix(note+" · "+k, " · ")
		}
		v.Networks = append(v.Networks, share{Name: name, Note: note, Value: text.Percent(n.Share.Value), Range: wording.Range(n.Population), Width: n.Share.Value})
	}
}

func weights(list []model.Weight, name func(string) string) []share {
	var out []share
	for _, w := range list[:min(len(list), maxShares)] {
		out = append(out, share{Name: name(w.Value), Value: text.Percent(w.Share), Width: w.Share})
	}
	return out
}

func excessRows(in *model.Incident) []excessRow {
	var out []excessRow
	for _, e := range in.Excesses {
		if e.Metric >= model.Metrics || len(out) == 24 {
			continue
		}
		kind := "threshold"
		if e.Kind == model.ByBaseline {
			kind = "baseline"
		}
		out = append(out, excessRow{upperFirst(metricWord(e.Metric)), kind, rate(e.Metric, e.Bound), rate(e.Metric, e.Peak), e.Since, e.Active})
	}
	return out
}

var _ Backend = api.Backend(nil)
