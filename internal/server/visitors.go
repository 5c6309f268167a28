package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"time"

	"floodmark/internal/act/mail"
	"floodmark/internal/api"
	"floodmark/internal/engine"
	"floodmark/internal/fault"
	"floodmark/internal/journal"
	"floodmark/internal/model"
	"floodmark/internal/moderation"
	"floodmark/internal/opendata"
	"floodmark/internal/public"
)

// visitors is the server as the public listener sees it.
type visitors struct{ s *Server }

var (
	_ public.Backend = visitors{}
	_ api.Moderation = visitors{}
)

// Clock tells the server's time.
func (v visitors) Clock() (now time.Time, speed float64, start time.Time) { return v.s.Clock() }

// Services returns every service.
func (v visitors) Services() []*model.ServiceNow { return v.s.reports.View().Services() }

// Service returns one.
func (v visitors) Service(slug string) (*model.ServiceNow, bool) {
	return v.s.reports.View().Service(slug)
}

// ServiceIncidents returns incidents of services; suspicions are not told.
func (v visitors) ServiceIncidents(slug string, since time.Time, limit int) []model.Incident {
	return v.s.incidents.Services(func(in *model.Incident) bool {
		return (slug == "" || in.Target.Name == slug) && in.Opened != 0 && (in.State != model.Closed || in.ClosedAt >= since.UnixNano())
	}, limit)
}

// ServiceIncident returns one and its changes.
func (v visitors) ServiceIncident(id string) (model.Incident, []model.Change, bool) {
	in, changes, ok := v.s.incidents.Get(id)
	if !ok || in.Target.Kind != model.ServiceTarget || in.Opened == 0 {
		return model.Incident{}, nil, false
	}
	v.s.investigator.Refresh(&in)
	in.Claims = v.s.investigator.Claims(id)
	out := make([]model.Change, 0, len(changes))
	for _, c := range changes {
		out = append(out, c.Change)
	}
	return in, out, true
}

// Report says that there is no report of an incident of a service yet.
func (v visitors) Report(_ context.Context, id, form string) ([]byte, error) {
	d, err := v.s.investigator.Disclosure(id)
	if err != nil {
		v.s.log.Error("the report of an incident cannot be shown", "incident", id, "error", err)
	}
	switch {
	case d == nil:
		return nil, &fault.Error{Kind: fault.NotFound, Text: "There is no report of this incident yet.", Hint: "It is made within seconds of an incident's opening."}
	case form == "json":
		return d.JSON, nil
	}
	return d.HTML, nil
}

// Attacks returns incidents of traffic as the public may know them, but for those
// that are parts of a service's incident: that tells of them.
func (v visitors) Attacks(now time.Time) []model.PublicAttack {
	parts := v.s.incidents.Parts()
	list := slices.DeleteFunc(v.s.incidents.Traffic(), func(in model.Incident) bool { return parts[in.ID] })
	return api.PublicAttacks(list, now, v.s.publicKey, 0)
}

// Changed is closed at the next change of what is shown.
func (v visitors) Changed() <-chan struct{} { return v.s.reports.View().Changed() }

// Challenge asks for a proof of work.
func (v visitors) Challenge(service string, from model.Submission) (model.Challenge, error) {
	return v.s.reports.Intake().Challenge(service, from)
}

// Submit takes a report.
func (v visitors) Submit(ctx context.Context, s model.Submission) (model.Receipt, error) {
	return v.s.reports.Intake().Submit(ctx, s)
}

// Network tells a visitor about the own network.
func (v visitors) Network(service string, from model.Submission) model.Vicinity {
	p := v.s.inventory.Place(from.Address)
	here, usual, elsewhere := v.s.reports.View().Near(service, p.ASN)
	return model.Vicinity{Network: p.AS, Country: p.Country, Near: here, Usual: usual, Elsewhere: elsewhere}
}

// notOffered is what this server does not do.
func notOffered(what string) error {
	return &fault.Error{Kind: fault.Forbidden, Text: what + " are not taken here."}
}

// wrote turns errors of the desk into those of the public listener.
func wrote(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, moderation.ErrMany):
		return &fault.Error{Kind: fault.TooMany, Text: err.Error(), RetryAfter: time.Hour}
	case errors.Is(err, moderation.ErrFull), errors.Is(err, journal.ErrFull), errors.Is(err, journal.ErrDown):
		return &fault.Error{Kind: fault.Unavailable, Text: "This cannot be kept now.", RetryAfter: time.Minute}
	case errors.Is(err, moderation.ErrUnknown):
		return &fault.Error{Kind: fault.NotFound, Text: err.Error()}
	}
	return &fault.Error{Kind: fault.Invalid, Text: err.Error()}
}

// Suggest keeps a suggestion for operators, for a proof of work.
func (v visitors) Suggest(ctx context.Context, x model.Suggestion) error {
	if err := v.s.reports.Intake().Prove(x.From); err != nil {
		return err
	}
	return wrote(v.s.moderation.Suggest(ctx, x))
}

// Comment keeps a comment for operators, for a proof of work.
func (v visitors) Comment(ctx context.Context, x model.Comment) (string, error) {
	if !v.s.settings.UserReports.Comments {
		return "", notOffered("Comments")
	}
	if err := v.s.reports.Intake().Prove(x.From); err != nil {
		return "", err
	}
	token, err := v.s.moderation.Comment(ctx, x)
	return token, wrote(err)
}

// Uncomment deletes a comment.
func (v visitors) Uncomment(ctx context.Context, token string) error {
	return wrote(v.s.moderation.Uncomment(ctx, token))
}

// Comments returns what was let pass.
func (v visitors) Comments(service string) []model.Comment {
	if !v.s.settings.UserReports.Comments {
		return nil
	}
	return v.s.moderation.Comments(service)
}

// Notes returns what operators wrote.
func (v visitors) Notes(service string) []model.Note {
	var out []model.Note
	for _, e := range v.s.moderation.Notes(service) {
		out = append(out, model.Note{By: e.By, At: e.At, Text: e.Text})
	}
	return out
}

// mailed turns errors of subscriptions into those of the public listener.
func mailed(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, mail.ErrTooMany):
		return &fault.Error{Kind: fault.TooMany, Text: err.Error(), RetryAfter: time.Hour}
	case errors.Is(err, mail.ErrService):
		return &fault.Error{Kind: fault.NotFound, Text: err.Error()}
	case errors.Is(err, mail.ErrAddress), errors.Is(err, mail.ErrToken):
		return &fault.Error{Kind: fault.Invalid, Text: err.Error()}
	}
	return &fault.Error{Kind: fault.Unavailable, Text: "This cannot be kept now.", RetryAfter: time.Minute}
}

// Subscribe sends the mail that asks for confirmation.
func (v visitors) Subscribe(ctx context.Context, address, service string, from netip.Addr) error {
	if v.s.mail == nil {
		return notOffered("Subscriptions")
	}
	return mailed(v.s.mail.Subscribe(ctx, address, service, from))
}

// Confirm begins a subscription.
func (v visitors) Confirm(ctx context.Context, token string) error {
	if v.s.mail == nil {
		return notOffered("Subscriptions")
	}
	_, err := v.s.mail.Confirm(ctx, token)
	return mailed(err)
}

// Unsubscribe ends a subscription.
func (v visitors) Unsubscribe(ctx context.Context, token string) error {
	if v.s.mail == nil {
		return notOffered("Subscriptions")
	}
	return mailed(v.s.mail.Unsubscribe(ctx, token))
}

// Queue, Decide, AddNote and ServiceNotes are the operator's: see api.Moderation.
func (v visitors) Queue() []api.ModerationEntry { return entries(v.s.moderation.Queue()) }

// Decide lets an entry pass or deletes it.
func (v visitors) Decide(ctx context.Context, id string, pass bool, by string) error {
	return decided(v.s.moderation.Decide(ctx, id, pass, by))
}

// AddNote writes a note.
func (v visitors) AddNote(ctx context.Context, service, text, by string) (string, error) {
	id, err := v.s.moderation.Note(ctx, service, text, by)
	return id, decided(err)
}

// ServiceNotes returns notes.
func (v visitors) ServiceNotes(service string) []api.ModerationEntry {
	return entries(v.s.moderation.Notes(service))
}

func decided(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, moderation.ErrUnknown):
		return &fault.Error{Kind: fault.NotFound, Text: err.Error()}
	case errors.Is(err, journal.ErrFull), errors.Is(err, journal.ErrDown):
		return unavailable()
	}
	return &fault.Error{Kind: fault.Invalid, Text: err.Error()}
}

func entries(list []moderation.Entry) []api.ModerationEntry {
	out := make([]api.ModerationEntry, 0, len(list))
	for _, e := range list {
		out = append(out, api.ModerationEntry{ID: e.ID, Kind: string(e.Kind), Service: e.Service, Name: e.Name, URL: e.URL, Text: e.Text, Country: e.Country, By: e.By, At: time.Unix(0, e.At).UTC()})
	}
	return out
}

// Features tells what is offered.
func (v visitors) Features() model.Features {
	return model.Features{Parquet: true, Comments: v.s.settings.UserReports.Comments, Mail: v.s.mail != nil, Geo: v.s.geoInfo(), Version: v.s.opt.Version, Synthetic: v.s.settings.Synthetic, BaseURL: v.s.settings.UserReports.BaseURL, Address: v.s.publicAddress(), Instance: v.s.instance(), Budget: v.s.reports.Budget(), Measured: v.measured()}
}

// measured is what became of the promise here: incidents, and those that the
// operator marked as false.
func (v visitors) measured() string {
	opened, wrong, first := 0, 0, int64(0)
	for _, in := range v.s.incidents.Services(func(in *model.Incident) bool { return in.Opened != 0 }, engine.MaxIncidents) {
		opened++
		if in.FalseAlarm != nil {
			wrong++
		}
		first = in.Opened // the oldest comes last
	}
	if opened == 0 {
		return "no incident has been opened here yet"
	}
	return fmt.Sprintf("%d opened here since %s, %d of them marked as false by the operator", opened, time.Unix(0, first).UTC().Format("2 January 2006"), wrong)
}

// Dump writes counts of a day, or of the last 24 hours.
func (v visitors) Dump(_ context.Context, w io.Writer, day, format, service string) error {
	f := opendata.Format(format)
	if day != "live" {
		err := v.s.archive.Dump(w, opendata.Select{Day: day, Format: f, Service: service})
		if errors.Is(err, opendata.ErrNone) {
			return &fault.Error{Kind: fault.NotFound, Text: "There is no dump of that day."}
		}
		return err
	}
	var rows []opendata.Row
	for _, x := range v.Services() {
		if service == "" || x.Service.Slug == service {
			rows = append(rows, opendata.Rows(x.Service.Slug, x.Day)...)
		}
	}
	return opendata.Write(w, f, rows)
}

// Dumps returns the days of which there is a dump.
func (v visitors) Dumps() []string {
	days, err := v.s.archive.Days()
	if err != nil {
		v.s.log.Warn("open data cannot be listed", "error", err)
	}
	return days
}
