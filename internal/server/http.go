package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"

	"floodmark/internal/api"
	"floodmark/internal/model"
	"floodmark/internal/public"
	"floodmark/internal/public/page"
	"floodmark/internal/source/report"
	"floodmark/internal/web"
)

// listen binds the HTTP listeners.
func (s *Server) listen() error {
	var err error
	h := &s.settings.HTTP
	if s.operator, err = s.opt.Network.listen("tcp", h.Operator.Listen.String()); err != nil {
		return fmt.Errorf("operator's pages on %s: %w; choose another port by http.operator.listen, or stop what uses it", h.Operator.Listen, errors.Unwrap(err))
	}
	if !h.Public.Enabled {
		return nil
	}
	if s.public, err = s.opt.Network.listen("tcp", h.Public.Listen.String()); err != nil {
		return fmt.Errorf("public pages on %s: %w; choose another port by http.public.listen, or stop what uses it", h.Public.Listen, errors.Unwrap(err))
	}
	return nil
}

// Addresses tells where the server listens.
func (s *Server) Addresses() Addresses {
	a := Addresses{Operator: s.operator.Addr().String()}
	if s.public != nil {
		a.Public = s.public.Addr().String()
	}
	a.Collectors = s.sources.Addresses()
	return a
}

// serveHTTP serves both listeners: two tables of routes, never one with checks
// inside.
func (s *Server) serveHTTP(edges *stage) {
	pages := web.New(web.Config{Backend: s, Moderation: visitors{s}, Geo: s.geoInfo, Version: s.opt.Version, Synthetic: s.settings.Synthetic, Collectors: s.Addresses().Collectors, Log: s.log.With("room", "web")})
	operator := api.Operator(api.OperatorConfig{Backend: s, Auth: s.auth, Pages: pages, Moderation: visitors{s}, Metrics: s.metrics(), Version: s.opt.Version, Log: s.log.With("room", "api")})
	edges.start("operator's pages", func(ctx context.Context) error {
		return api.Serve(ctx, s.operator, timed(operator, s.meters.operator), s.certs[0], s.log)
	})
	if s.public == nil {
		return
	}
	public := s.publicHandler()
	edges.start("public pages", func(ctx context.Context) error {
		return api.Serve(ctx, s.public, timed(public, s.meters.public), s.certs[1], s.log)
	})
}

// geoInfo tells which address data is in use.
func (s *Server) geoInfo() model.GeoInfo {
	if db := s.inventory.Geo(); db != nil {
		return db.GeoInfo()
	}
	return model.GeoInfo{}
}

// publicHandler serves the public pages.
func (s *Server) publicHandler() http.Handler {
	log := s.log.With("room", "public")
	trusted := s.settings.UserReports.Trusted()
	return public.New(public.Config{Backend: visitors{s}, Page: page.New(page.Config{Log: log}), Version: s.opt.Version, Log: log, Stopping: api.Stopping,
		ClientAddress: func(r *http.Request) netip.Addr {
			a, err := netip.ParseAddrPort(r.RemoteAddr)
			if err != nil {
				return netip.Addr{}
			}
			return report.ClientAddress(a.Addr(), r.Header, trusted)
		},
		Referral: func(r *http.Request) model.Referral {
			return report.ReferralOf(r.Referer(), r.URL.Query().Get("from"), r.Host)
		}})
}
