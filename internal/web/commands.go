package web

import (
	"net/http"
	"net/url"
	"strconv"
	"time"
	"unicode/utf8"

	"floodmark/internal/api"
	"floodmark/internal/model"
	"floodmark/internal/text"
)

// commands are what the forms of an incident send.
var commands = map[string]model.CommandType{"acknowledge": model.Acknowledge, "silence": model.Silence, "false-alarm": model.MarkFalseAlarm, "close": model.CloseNow}

// said is what the page tells after a command.
var said = map[string]string{"acknowledge": "Acknowledged: others see that somebody looks at it.", "silence": "Silenced: no alerts of it until then.",
	"false-alarm": "Marked as a false alarm: it is closed, and what is normal here is learnt anew.", "close": "Closed. It opens anew if the traffic stays out of bounds.",
	"claim": "Entered. It is checked with the next document, within seconds."}

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
		p.message(w, r, http.StatusForbidden, notice{"Not allowed", "Your token may read, not operate.", "It needs the scope operate in http.tokens."})
		return
	}
	if err := r.ParseForm(); err != nil || utf8.RuneCountInString(r.PostForm.Get("note")) > maxNote {
		p.message(w, r, http.StatusBadRequest, notice{"Not understood", "The form could not be read, or its note is longer than 2,000 characters.", ""})
		return
	}
	now, _, _ := p.back.Clock()
	c := model.Command{Type: kind, Incident: r.PathValue("id"), By: who.Name, At: now.UnixNano(), Note: text.Clean(r.PostForm.Get("note"), maxNote)}
	if kind == model.Silence {
		hours, err := strconv.Atoi(r.PostForm.Get("hours"))
		if err != nil || hours < 1 || hours > maxSilence {
			p.message(w, r, http.StatusUnprocessableEntity, notice{"Not understood", "Silence lasts a whole number of hours, from 1 to 720.", ""})
			return
		}
		c.Until = now.Add(time.Duration(hours) * time.Hour).UnixNano()
	}
	if _, _, ok := p.back.Incident(c.Incident); !ok {
		p.message(w, r, http.StatusNotFound, notice{"There is no such incident", "No incident of this name is known here.", ""})
		return
	}
	if err := p.back.Command(r.Context(), c); err != nil {
		status := http.StatusInternalServerError
		if e := asError(err); e != nil {
			status = statusOf[e.Kind]
		}
		p.message(w, r, status, notice{"Not done", "Nothing was changed: " + p.words(err), ""})
		return
	}
	http.Redirect(w, r, "/attacks/"+url.PathEscape(c.Incident)+"?done="+string(kind), http.StatusSeeOther)
}
