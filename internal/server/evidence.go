package server

import (
	"context"
	"errors"
	"path/filepath"

	"floodmark/internal/fault"
	"floodmark/internal/investigator"
	"floodmark/internal/model"
	"floodmark/internal/userreports"
)

// openEvidence builds the workers that examine incidents.
func (s *Server) openEvidence(ctx context.Context) error {
	var err error
	s.investigator, err = investigator.New(ctx, investigator.Config{Clock: s.clock, Dir: filepath.Join(s.dir.Path(), "evidence"), Version: s.opt.Version,
		Synthetic: s.settings.Synthetic != "", Seconds: s.meters.evidence, Log: s.log.With("room", "evidence")},
		investigator.Deps{Records: s.pipeline, Captures: s.pipeline.Captures(), Scope: s.inventory, Engine: s.engine, Incidents: s.incidents, Services: currentView{s.reports}, Journal: s.journal})
	return err
}

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
