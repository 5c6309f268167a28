package web

import (
	"context"
	"time"

	"floodmark/internal/api"
	"floodmark/internal/model"
)

// Backend is what pages ask of the running program: a part of api.Backend,
// with the same promises. Every method may be called from many goroutines.
type Backend interface {
	Clock() (now time.Time, speed float64, start time.Time)
	Health() api.Health
	Conditions() []model.Condition
	Exporters() []model.ExporterStatus

	Incidents(f api.IncidentFilter) []model.Incident
	Incident(id string) (model.Incident, []model.NumberedChange, bool)
	Evidence(ctx context.Context, id string, revision uint64) (doc []byte, err error)
	Disclosure(ctx context.Context, id string, revision uint64) (doc []byte, err error)
	AddClaim(ctx context.Context, id string, c model.EnteredClaim) (model.EnteredClaim, error)
	Samples(ctx context.Context, id string) ([]model.RecordLine, error)
	Command(ctx context.Context, c model.Command) error

	Targets(q api.TargetQuery) (list []api.TargetNow, total int)
	Target(id model.TargetID) (api.TargetNow, bool)
	Series(ctx context.Context, q api.SeriesQuery) ([]model.Point, error)
	Flows(ctx context.Context, question string) (api.FlowAnswer, error)
}
