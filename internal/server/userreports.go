package server

import (
	"context"
	"net/netip"
	"path/filepath"
	"time"

	"floodmark/internal/act/mail"
	"floodmark/internal/archive"
	"floodmark/internal/fault"
	"floodmark/internal/journal"
	"floodmark/internal/model"
	"floodmark/internal/moderation"
	"floodmark/internal/userreports"
)

// reportsDir is where user reports keep their state, as version 0.1.0 named it.
const reportsDir = "crowd"

// replayTick is how often user reports and their archive look at the clock of a
// replay, in real time: at a thousand times the pace that is every other minute.
const replayTick = 100 * time.Millisecond

// openReports builds the way of user reports and brings it to where the journal is.
func (s *Server) openReports(ctx context.Context) error {
	services := s.settings.ServiceList()
	dir, tick := filepath.Join(s.dir.Path(), reportsDir), time.Second
	if !s.clock.System() {
		tick = replayTick
	}
	var err error
	s.reports, err = userreports.New(ctx, userreports.Config{Services: services, Budget: s.settings.UserReports.FalseAlarmBudget, Dir: dir, Now: s.clock.Now, Tick: tick, Log: s.log.With("room", "userreports")},
		userreports.Deps{Journal: s.journal, Engine: s.engine, Incidents: s.incidents, Network: s.inventory})
	if err != nil {
		return err
	}
	s.archive = archive.New(archive.Config{Dir: filepath.Join(dir, "days"), Tick: tick, Log: s.log.With("room", "archive")}, archive.Deps{Source: s.reports})
	return s.openModeration(ctx, services)
}

// openModeration opens what visitors write, and subscriptions.
func (s *Server) openModeration(ctx context.Context, services []*model.Service) error {
	known := make(map[string]*model.Service, len(services))
	for _, x := range services {
		known[x.Slug] = x
	}
	var err error
	s.moderation, err = moderation.New(ctx, moderation.Config{Store: s.journal, Now: s.clock.Now, Known: func(slug string) bool { return known[slug] != nil },
		Near: func(a netip.Addr) string { return s.inventory.Place(a).Country }, Log: s.log.With("room", "moderation")})
	m := &s.settings.UserReports.Mail
	if err != nil || m.Host == "" {
		return err
	}
	s.mail, err = mail.New(ctx, mail.Config{Host: m.Host, Port: m.Port, Security: mail.Security(m.Security), From: m.From, Username: m.Username,
		Password: m.Password.Reveal(), BaseURL: s.settings.UserReports.BaseURL, Store: mailStore{s.journal}, Log: s.log.With("room", "mail"),
		Name: func(slug string) (string, bool) {
			x, ok := known[slug]
			if !ok {
				return "", false
			}
			return x.Name, true
		}})
	return err
}

// mailStore is the journal as subscriptions need it.
type mailStore struct{ *journal.Journal }

// notifySubscribers writes to those who subscribed to a service.
func (s *Server) notifySubscribers(x *model.Change) {
	if s.mail == nil || x.Incident.Target.Kind != model.ServiceTarget {
		return
	}
	if err := s.mail.Handle(context.Background(), *x); err != nil {
		s.log.Warn("subscribers not notified", "incident", x.Incident.ID, "error", err)
	}
}

func conflict(err error) error { return &fault.Error{Kind: fault.Conflict, Text: err.Error()} }

func unavailable() error {
	return &fault.Error{Kind: fault.Unavailable, Text: userreports.ErrUnavailable.Error()}
}
