package public

import (
	"context"
	"io"
	"net/netip"
	"time"

	"floodmark/internal/model"
)

// Backend is what the public listener asks of the running program. Every
// method may be called from many goroutines at once. What is returned is read
// and never changed.
type Backend interface {
	// Clock tells the server's time: now, how fast it runs (1 is real time), and
	// when the program was started, by the same clock.
	Clock() (now time.Time, speed float64, start time.Time)
	// Services returns every service and what is known of it now, in the order of
	// the configuration. It is cheap: a snapshot that is made anew every second.
	Services() []*model.ServiceNow
	// Service returns one, false where there is none of that slug.
	Service(slug string) (*model.ServiceNow, bool)
	// ServiceIncidents returns incidents of services, the newest first, open ones
	// and those that ended since; slug "" is all services.
	ServiceIncidents(slug string, since time.Time, limit int) []model.Incident
	// ServiceIncident returns one and its changes, oldest first.
	ServiceIncident(id string) (model.Incident, []model.Change, bool)
	// Report returns the evidence report of an incident of a service: form is
	// "html", one page with its style sheet inside and no script, or "json". What
	// it holds is for everybody. A *fault.Error of kind NotFound says that there is none.
	Report(ctx context.Context, id, form string) ([]byte, error)
	// Attacks returns incidents of watched networks, as the public may know them.
	Attacks(now time.Time) []model.PublicAttack
	// Changed returns a channel that is closed at the next change of any service or
	// incident that a page would show.
	Changed() <-chan struct{}

	// Challenge returns the proof of work that is asked of a visitor now.
	Challenge(service string, from model.Submission) (model.Challenge, error)
	// Submit has made the report durable when it returns nil. An *Error says why
	// it was not taken.
	Submit(ctx context.Context, s model.Submission) (model.Receipt, error)
	// Network tells a visitor about the own network: its name, and how its reports
	// of this service compare with the usual. It is what "only me" rests on.
	Network(service string, from model.Submission) model.Vicinity

	// Suggest puts a visitor's suggestion (a service that is missing) into the
	// queue of the operator.
	Suggest(ctx context.Context, s model.Suggestion) error
	// Comment puts a visitor's comment into the operator's queue and returns the
	// token that deletes it. Uncomment deletes by that token.
	Comment(ctx context.Context, c model.Comment) (token string, err error)
	Uncomment(ctx context.Context, token string) error
	// Comments returns those that the operator let pass, the newest first.
	Comments(service string) []model.Comment
	// Notes returns what operators of the service wrote on its page, the newest first.
	Notes(service string) []model.Note
	// Subscribe sends the mail that asks for confirmation; Confirm and Unsubscribe
	// take the token of a mail.
	Subscribe(ctx context.Context, address, service string, from netip.Addr) error
	Confirm(ctx context.Context, token string) error
	Unsubscribe(ctx context.Context, token string) error

	// Features tells what is configured.
	Features() model.Features
	// Dump writes counts that no person can be found in, of one service or of all
	// where it is "": day is YYYY-MM-DD, or "live" for the last 24 hours; format
	// is csv or parquet. A *fault.Error of kind NotFound says that there is none.
	Dump(ctx context.Context, w io.Writer, day, format, service string) error
	// Dumps returns the days of which there is a dump, the newest first.
	Dumps() []string
}
