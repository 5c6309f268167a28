package web

import (
	"net/http"
	"net/url"
	"strconv"
	"time"
	"unicode/utf8"

	"floodmark/internal/api"
	"floodmark/internal/httpkit"
	"floodmark/internal/model"
	"floodmark/internal/text"
)

// commands are what the forms of an incident send.
var commands = map[string]model.CommandType{"acknowledge": model.Acknowledge, "silence": model.Silence, "false-alarm": model.MarkFalseAlarm, "close": model.CloseNow}

// results are the confirmations after a command.
var results = map[string]string{"acknowledge": "Acknowledged. Other operators see that somebody is working on it.", "silence": "Silenced. No alerts are sent until then.",
	"false-alarm": "Marked as a false alarm. The incident is closed, and the baseline is trained with its traffic.", "close": "Closed. A new incident opens if the traffic still exceeds its threshold.",
	"claim": "Entered. The claim is checked against the next evidence document, within seconds."}

const (
	maxNote    = 2000
	maxSilence = 30 * 24 // hours
)

// command takes a form of an incident's page: the same commands as the API's,
// with the same scope, for browsers without scripts.
func (p *pages) command(w http.ResponseWriter, r *http.Request) {
	if r.PathValue("command") == "claim" {
		p.claim(w, r)
		return
	}
	kind, ok := commands[r.PathValue("command")]
	if !ok {
		p.nowhere(w, r)
		return
	}
	who := api.CallerOf(r.Context())
	if !who.May(api.Operate) {
		p.message(w, r, http.StatusForbidden, notice{"Not allowed", "Your token is read-only.", "Give it the scope operate in http.tokens."})
		return
	}
	if err := r.ParseForm(); err != nil || utf8.RuneCountInString(r.PostForm.Get("note")) > maxNote {
		p.message(w, r, http.StatusBadRequest, notice{"Invalid request", "The form could not be read, or its note is longer than 2,000 characters.", ""})
		return
	}
	now, _, _ := p.back.Clock()
	c := model.Command{Type: kind, Incident: r.PathValue("id"), By: who.Name, At: now.UnixNano(), Note: text.Clean(r.PostForm.Get("note"), maxNote)}
	if kind == model.Silence {
		hours, err := strconv.Atoi(r.PostForm.Get("hours"))
		if err != nil || hours < 1 || hours > maxSilence {
			p.message(w, r, http.StatusUnprocessableEntity, notice{"Invalid request", "A silence lasts 1 to 720 whole hours.", ""})
			return
		}
		c.Until = now.Add(time.Duration(hours) * time.Hour).UnixNano()
	}
	if _, _, ok := p.back.Incident(c.Incident); !ok {
		p.message(w, r, http.StatusNotFound, notice{"Incident not found", "There is no incident with this ID.", ""})
		return
	}
	if err := p.back.Command(r.Context(), c); err != nil {
		status := http.StatusInternalServerError
		if e := asError(err); e != nil {
			status = httpkit.Status(e.Kind)
		}
		p.message(w, r, status, notice{"Command failed", "Nothing was changed: " + p.words(err), ""})
		return
	}
	http.Redirect(w, r, "/incidents/"+url.PathEscape(c.Incident)+"?done="+string(kind), http.StatusSeeOther)
}
