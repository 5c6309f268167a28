package publictest

import (
	"context"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"sync"
	"time"

	"floodmark/internal/fault"
	"floodmark/internal/model"
	"floodmark/internal/public"
)

// Fake is a Backend that answers from its fields.
type Fake struct {
	mu      sync.Mutex
	changed chan struct{}

	Now      time.Time
	All      []*model.ServiceNow
	Past     []model.Incident          // of services, the newest first, open ones too
	Story    map[string][]model.Change // by incident
	Reported []model.PublicAttack
	Offers   model.Features
	Near     model.Vicinity
	Stated   map[string][]model.Comment
	Words    map[string][]model.Note
	Days     []string
	Bits     uint8              // of challenges; a report without solution is refused where it is more than 0
	Receipt  model.ReceiptState // what becomes of reports
	Fail     error              // what every action returns, where set
	Invalid  string             // a component of a report, name of a suggestion or text of a comment that is answered with Invalid; "" for none
	CSV      string             // of every dump
	DumpFail error              // returned after CSV was written
	Files    map[string][]byte  // reports, by incident and form: "id html"

	Reports     []model.Submission
	Suggestions []model.Suggestion
	Sent        []model.Comment
	Actions     []string // the others, such as "confirm TOKEN"
}

var _ public.Backend = (*Fake)(nil)

// Do changes fields.
func (f *Fake) Do(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

// Change changes fields and tells everybody.
func (f *Fake) Change(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
	if f.changed != nil {
		close(f.changed)
		f.changed = nil
	}
}

// Clock is that of Backend.
func (f *Fake) Clock() (time.Time, float64, time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.Now, 1, f.Now.Add(-24 * time.Hour)
}

// Services is that of Backend.
func (f *Fake) Services() []*model.ServiceNow {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.All)
}

// Service is that of Backend.
func (f *Fake) Service(slug string) (*model.ServiceNow, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	i := slices.IndexFunc(f.All, func(s *model.ServiceNow) bool { return s.Service.Slug == slug })
	if i < 0 {
		return nil, false
	}
	return f.All[i], true
}

// ServiceIncidents is that of Backend.
func (f *Fake) ServiceIncidents(slug string, since time.Time, limit int) []model.Incident {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []model.Incident
	for _, in := range f.Past {
		if (slug == "" || in.Target.Name == slug) && (in.State != model.Closed || in.Ended >= since.UnixNano()) && len(out) < limit {
			out = append(out, in)
		}
	}
	return out
}

// ServiceIncident is that of Backend.
func (f *Fake) ServiceIncident(id string) (model.Incident, []model.Change, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	i := slices.IndexFunc(f.Past, func(in model.Incident) bool { return in.ID == id })
	if i < 0 {
		return model.Incident{}, nil, false
	}
	return f.Past[i], slices.Clone(f.Story[id]), true
}

// Report is that of Backend.
func (f *Fake) Report(_ context.Context, id, form string) ([]byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	b, ok := f.Files[id+" "+form]
	if !ok {
		return nil, &fault.Error{Kind: fault.NotFound, Text: "There is no report of this incident yet."}
	}
	return b, f.Fail
}

// Attacks is that of Backend.
func (f *Fake) Attacks(time.Time) []model.PublicAttack {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.Reported)
}

// Changed is that of Backend.
func (f *Fake) Changed() <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.changed == nil {
		f.changed = make(chan struct{})
	}
	return f.changed
}

// Challenge is that of Backend.
func (f *Fake) Challenge(service string, _ model.Submission) (model.Challenge, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return model.Challenge{Token: "token-" + service, Bits: f.Bits, Until: f.Now.Add(5 * time.Minute).UnixNano()}, f.Fail
}

// Submit is that of Backend. It counts the report into its service.
func (f *Fake) Submit(_ context.Context, s model.Submission) (model.Receipt, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !slices.ContainsFunc(f.All, func(n *model.ServiceNow) bool { return n.Service.Slug == s.Service }) {
		return model.Receipt{}, &fault.Error{Kind: fault.NotFound, Text: "There is no such service here."}
	}
	if err := f.accept(s, s.Component); err != nil {
		return model.Receipt{}, err
	}
	f.Reports = append(f.Reports, s)
	return model.Receipt{State: f.Receipt, At: f.Now.UnixNano()}, nil
}

// accept is Fail, or asks for a proof where there is none, or finds a word invalid.
func (f *Fake) accept(s model.Submission, word string) error {
	if f.Invalid != "" && word == f.Invalid {
		return &fault.Error{Kind: fault.Invalid, Text: "This is not valid."}
	}
	if f.Fail == nil && f.Bits > 0 && s.Solution == "" {
		return &fault.Error{Kind: fault.WorkRequired, Text: "A proof of work is needed."}
	}
	return f.Fail
}

// Network is that of Backend.
func (f *Fake) Network(string, model.Submission) model.Vicinity {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.Near
}

// Suggest is that of Backend.
func (f *Fake) Suggest(_ context.Context, s model.Suggestion) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.accept(s.From, s.Name); err != nil {
		return err
	}
	f.Suggestions = append(f.Suggestions, s)
	return nil
}

// Comment is that of Backend.
func (f *Fake) Comment(_ context.Context, c model.Comment) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.accept(c.From, c.Text); err != nil {
		return "", err
	}
	f.Sent = append(f.Sent, c)
	return fmt.Sprintf("delete-%d", len(f.Sent)), nil
}

func (f *Fake) act(what string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.Actions = append(f.Actions, what)
	return f.Fail
}

// Uncomment is that of Backend.
func (f *Fake) Uncomment(_ context.Context, token string) error { return f.act("uncomment " + token) }

// Comments is that of Backend.
func (f *Fake) Comments(service string) []model.Comment {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.Stated[service])
}

// Notes is that of Backend.
func (f *Fake) Notes(service string) []model.Note {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.Words[service])
}

// Subscribe is that of Backend.
func (f *Fake) Subscribe(_ context.Context, address, service string, _ netip.Addr) error {
	return f.act("subscribe " + address + " " + service)
}

// Confirm is that of Backend.
func (f *Fake) Confirm(_ context.Context, token string) error { return f.act("confirm " + token) }

// Unsubscribe is that of Backend.
func (f *Fake) Unsubscribe(_ context.Context, token string) error {
	return f.act("unsubscribe " + token)
}

// Features is that of Backend.
func (f *Fake) Features() model.Features {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.Offers
}

// Dump is that of Backend.
func (f *Fake) Dump(_ context.Context, w io.Writer, day, _, _ string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if day != "live" && !slices.Contains(f.Days, day) {
		return &fault.Error{Kind: fault.NotFound, Text: "There is no dump of this day."}
	}
	if _, err := io.WriteString(w, f.CSV); err != nil {
		return err
	}
	return f.DumpFail
}

// Dumps is that of Backend.
func (f *Fake) Dumps() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.Days)
}
