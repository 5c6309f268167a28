package web

import (
	"fmt"
	"net/http"

	"floodmark/internal/model"
	"floodmark/internal/text"
	"floodmark/internal/wording"
)

// serviceView is the page of one incident of a service.
type serviceView struct {
	base
	I           card
	Name        string
	Text        string // the last thing that was said of it
	Peak        string
	Effective   string
	Usual       string
	Evidence    string
	Assessed    *assessmentView // nil where that was not asked
	Phases      []phaseRow
	PhasesLeft  int
	Traffic     []partRow
	TrafficLeft int
	Probes      []model.ProbeNow
	Claims      []claimRow
	Keep        keepView
	Parts       []share
	Places      []placeRow
	Similar     []model.Similar
	Story       []moment
	StoryLeft   int
	Result      string
}

// placeRow is one place beside what is usual there.
type placeRow struct {
	Name, Reports, Excess, Range string
	StandsOut                    bool
}

// saidOfService replaces what said tells where it speaks of traffic.
var serviceResults = map[string]string{"false-alarm": "Marked as a false alarm. The incident is closed and withdrawn from the public pages.",
	"close": "Closed. No new incident opens until reports have returned to their baseline."}

// service shows an incident of a service: what people report, and what the
// operator can do about it.
func (p *pages) service(w http.ResponseWriter, r *http.Request, in *model.Incident, changes []model.NumberedChange) {
	c := in.UserReports
	if c == nil {
		c = &model.UserReports{Name: in.Target.Name} // of a journal that was tampered with
	}
	name, done := text.Clean(c.Name, 60), r.URL.Query().Get("done")
	v := serviceView{base: p.base(r, "Reports of problems with "+name, "reports"), I: newCard(in), Name: name, Result: serviceResults[done],
		Text: wording.Sentence(in.Because, 400), Peak: text.Count(float64(c.Peak.Problems)), Effective: text.Short(float64(c.Peak.Effective)), Usual: "not known yet", Similar: c.Similar[:min(len(c.Similar), 5)]}
	if v.Result == "" {
		v.Result = results[done]
	}
	if len(changes) > 0 {
		v.Text = wording.Sentence(changes[len(changes)-1].Change.Text, 400)
	}
	if c.Peak.Known {
		v.Usual = text.Short(float64(c.Peak.Expected)) + ", up to " + text.Short(float64(c.Peak.High))
	}
	if sane(c.Strongest) && sane(c.Limit) {
		v.Evidence = fmt.Sprintf("10^%.1f at its maximum; alert threshold 10^%.1f", c.Strongest, c.Limit)
	}
	v.where(c)
	v.Story, v.StoryLeft = story(in, changes)
	v.Assessed, v.Claims, v.Probes = newAssessment(in.Assessment), claimRows(in.Claims), in.Probes[:min(len(in.Probes), maxProbes)]
	v.Phases, v.PhasesLeft = phaseRows(in)
	v.Traffic, v.TrafficLeft = partRows(in)
	v.Keep = keepView{in, in.Evidence > 0, true}
	if in.State != model.Closed {
		v.Refresh = 10
	}
	p.show(w, http.StatusOK, "service", v)
}

// where is which parts people name, and where they are.
func (v *serviceView) where(c *model.UserReports) {
	for _, x := range c.Parts[:min(len(c.Parts), maxShares)] {
		s := share{Name: text.Clean(x.Name, 40), Value: text.Percent(x.Share), Range: text.Percent(x.Low) + " – " + text.Percent(x.High), Width: x.Share}
		if x.Slug == "" {
			s = share{Name: "no component named", Value: text.Number(float64(x.Reports), "report")}
		}
		if x.StandsOut {
			s.Note = "more than usual"
		}
		v.Parts = append(v.Parts, s)
	}
	for _, x := range c.Places[:min(len(c.Places), maxShares)] {
		row := placeRow{Name: "elsewhere, together", Reports: text.Count(float64(x.Reports)), Excess: text.Ratio(x.Excess) + " ×", Range: text.Ratio(x.Low) + " – " + text.Ratio(x.High), StandsOut: x.StandsOut}
		if x.Country != "" {
			row.Name = land(x.Country)
		}
		if x.Region != "" {
			row.Name += ", " + text.Clean(x.Region, 8)
		}
		v.Places = append(v.Places, row)
	}
}
