package server

import (
	"context"
	"errors"
	"net/netip"
	"path/filepath"

	"floodmark/internal/fault"
	"floodmark/internal/geo"
	"floodmark/internal/investigator"
	"floodmark/internal/model"
	"floodmark/internal/userreports"
)

// openEvidence builds the workers that examine incidents.
func (s *Server) openEvidence(ctx context.Context) error {
	x := evidenceSource{s.line, s.lost}
	var err error
	s.investigator, err = investigator.New(ctx, investigator.Config{Clock: s.clock, Dir: filepath.Join(s.dir.Path(), "evidence"), Version: s.opt.Version,
		Synthetic: s.settings.Synthetic != "", Seconds: s.line.meters.evidence, Log: s.log.With("room", "evidence")},
		investigator.Deps{Records: x, Captures: x, Scope: x, Engine: s.engine, Incidents: s.incidents, Services: currentView{s.reports}, Journal: s.journal})
	return err
}

// evidenceSource is the line as the investigator sees it.
type evidenceSource struct {
	line *Line
	lost func() uint64
}

// Gather copies records from the readers' rings.
func (e evidenceSource) Gather(since int64, match func(*model.Record) bool) []model.Record {
	return e.line.gather(since, match)
}

// Rates are what a target gets and sends now.
func (e evidenceSource) Rates(t model.TargetID) (in, out model.Rates) { return e.line.rates(t) }

// Lost counts what exporters sent that did not arrive.
func (e evidenceSource) Lost() uint64 { return e.lost() }

// Start begins to keep records of a target.
func (e evidenceSource) Start(incident string, t model.TargetID, dir model.Direction, customer uint16, now int64) bool {
	return e.line.captures.start(incident, t, dir, customer, now)
}

// Stop lets go of them.
func (e evidenceSource) Stop(incident string) { e.line.captures.stop(incident) }

// Captured returns what was kept since a time; false where nothing is.
func (e evidenceSource) Captured(incident string) (int64, []model.Record, bool) {
	c := e.line.captures.of(incident)
	if c == nil {
		return 0, nil, false
	}
	return c.since, c.records(0), true
}

// Customer returns the prefixes and the number of a customer.
func (e evidenceSource) Customer(t model.TargetID) ([]netip.Prefix, uint16) {
	return e.line.plan.Load().scope(t)
}

// Prefixes are the addresses of a target.
func (e evidenceSource) Prefixes(t model.TargetID) []netip.Prefix { return e.line.prefixes(t) }

// Allowed are sources that are known to send much.
func (e evidenceSource) Allowed() []netip.Prefix { return e.line.plan.Load().allowed }

// Geo is the address data, nil for none.
func (e evidenceSource) Geo() *geo.DB { return e.line.geo.Load() }

// currentView is what user reports say of services now.
type currentView struct{ reports *userreports.Service }

// Service returns one service.
func (v currentView) Service(slug string) (*model.ServiceNow, bool) {
	return v.reports.View().Service(slug)
}

// AddClaim takes what is stated in public about an incident: see api.Backend.
func (s *Server) AddClaim(ctx context.Context, id string, x model.EnteredClaim) (model.EnteredClaim, error) {
	if _, _, ok := s.incidents.Get(id); !ok {
		return x, &fault.Error{Kind: fault.NotFound, Text: "there is no incident " + id}
	}
	x.At = s.clock.Now()
	if x.Stated == 0 {
		x.Stated = x.At
	}
	x, err := s.investigator.AddClaim(ctx, id, x)
	switch {
	case errors.Is(err, investigator.ErrInvalidClaim):
		err = &fault.Error{Kind: fault.Invalid, Text: err.Error(), Hint: "docs/claims.md tells what can be checked"}
	case errors.Is(err, investigator.ErrClaimLimit):
		err = conflict(err)
	case errors.Is(err, investigator.ErrUnavailable):
		err = &fault.Error{Kind: fault.Unavailable, Text: err.Error()}
	case err == nil:
		s.log.Info("claim", "incident", id, "by", x.By, "text", x.Text)
	}
	return x, err
}
