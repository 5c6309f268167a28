package web

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"floodmark/internal/api"
	"floodmark/internal/httpkit"
	"floodmark/internal/model"
	"floodmark/internal/text"
)

// reportsView is what people report, and what they wrote.
type reportsView struct {
	base
	Services []serviceRow
	More     int
	Queue    []api.ModerationEntry
	Waiting  int
	Done     string
	Choices  []serviceRow // that a note can be written about
}

// serviceRow is one service now.
type serviceRow struct {
	Slug, Name, State       string
	Incident                string // that goes on, "" for none
	Now, Usual, Effective   string
	Top, Cause, Made, Taken string
	weight                  float64
}

const (
	maxServiceRows = 60
	maxQueue       = 50
)

// moderationResults are the confirmations after a form.
var moderationResults = map[string]string{"approved": "Approved and published.", "deleted": "Deleted.", "noted": "The note is on the page of the service."}

func (p *pages) reports(w http.ResponseWriter, r *http.Request) {
	v := reportsView{base: p.base(r, "User reports", "reports"), Done: moderationResults[r.URL.Query().Get("done")]}
	v.Refresh = 10
	all := p.moderation.Services()
	rows := make([]serviceRow, 0, len(all))
	for _, s := range all {
		rows = append(rows, serviceRowOf(s))
	}
	v.Choices = slices.Clone(rows[:min(len(rows), 500)])
	slices.SortStableFunc(rows, func(a, b serviceRow) int { return cmp.Compare(b.weight, a.weight) })
	v.Services, v.More = rows[:min(len(rows), maxServiceRows)], max(len(rows)-maxServiceRows, 0)
	queue := p.moderation.Queue()
	v.Queue, v.Waiting = queue[:min(len(queue), maxQueue)], len(queue)
	p.show(w, http.StatusOK, "reports", v)
}

func serviceRowOf(s *model.ServiceNow) serviceRow {
	q := &s.Last15m
	row := serviceRow{Slug: s.Service.Slug, Name: text.Clean(s.Service.Name, 60), State: "normal", Now: text.Count(float64(q.Problems)),
		Effective: text.Count(float64(q.Effective)), Usual: "not known yet", Top: text.Clean(s.Top.Name, 40), weight: float64(q.Effective)}
	if q.Known {
		row.Usual = text.Short(float64(q.Expected)) + ", up to " + text.Short(float64(q.High))
	}
	if s.State != "" {
		row.State = string(s.State)
		row.weight += 1e9
	}
	if s.Incident != nil {
		row.Incident = s.Incident.ID
		row.Cause = text.Clean(s.Incident.UserReports.Cause.Text, 160)
	}
	if s.Fraud.Suspected {
		row.Made = "many look inauthentic"
	}
	if n := q.Refused + q.Suppressed; n > 0 {
		row.Taken = fmt.Sprintf("%d rejected, %d suppressed", q.Refused, q.Suppressed)
	}
	return row
}

// moderate takes the forms of the page: a decision on an entry, or a note.
func (p *pages) moderate(w http.ResponseWriter, r *http.Request) {
	who := api.CallerOf(r.Context())
	if !who.May(api.Operate) {
		p.message(w, r, http.StatusForbidden, notice{"Not allowed", "Your token is read-only.", "Give it the scope operate in http.tokens."})
		return
	}
	if err := r.ParseForm(); err != nil || utf8.RuneCountInString(r.PostForm.Get("text")) > maxNote {
		p.message(w, r, http.StatusBadRequest, notice{"Invalid request", "The form could not be read, or its text is too long.", ""})
		return
	}
	var err error
	done := "noted"
	switch id := r.PathValue("id"); {
	case id == "note":
		_, err = p.moderation.AddNote(r.Context(), r.PostForm.Get("service"), strings.TrimSpace(r.PostForm.Get("text")), who.Name)
	case r.PostForm.Get("approve") == "1":
		done, err = "approved", p.moderation.Decide(r.Context(), id, true, who.Name)
	default:
		done, err = "deleted", p.moderation.Decide(r.Context(), id, false, who.Name)
	}
	if err != nil {
		status := http.StatusInternalServerError
		if e := asError(err); e != nil {
			status = httpkit.Status(e.Kind)
		}
		p.message(w, r, status, notice{"Command failed", "Nothing was changed: " + p.words(err), ""})
		return
	}
	http.Redirect(w, r, "/reports?done="+url.QueryEscape(done), http.StatusSeeOther)
}
