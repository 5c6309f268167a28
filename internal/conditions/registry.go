package conditions

import (
	"cmp"
	"fmt"
	"log/slog"
	"slices"
	"sync"

	"floodmark/internal/model"
)

type key struct{ code, subject string }

// Config of a Registry.
type Config struct {
	Now func() int64 // Unix ns
	Log *slog.Logger
}

// Registry holds the conditions that components raise themselves.
type Registry struct {
	now func() int64
	log *slog.Logger

	mu     sync.Mutex // guards raised
	raised map[key]model.Condition
}

// NewRegistry returns a Registry without conditions.
func NewRegistry(c Config) *Registry {
	return &Registry{now: c.Now, log: c.Log, raised: make(map[key]model.Condition)}
}

// Raise raises a condition, or renews its text. The code must be one of Codes.
func (r *Registry) Raise(code, subject, text string) {
	c := byName[code]
	if c == nil {
		panic(fmt.Sprintf("conditions: unknown code %q", code))
	}
	next := model.Condition{Code: code, Subject: subject, Severity: c.Severity, Text: text, Since: r.now()}
	k := key{code, subject}
	r.mu.Lock()
	old, known := r.raised[k]
	if known {
		next.Since = old.Since
	}
	r.raised[k] = next
	r.mu.Unlock()
	if !known {
		r.log.Warn("condition raised", "code", code, "subject", subject, "text", text)
	}
}

// Clear clears a condition.
func (r *Registry) Clear(code, subject string) {
	r.mu.Lock()
	delete(r.raised, key{code, subject})
	r.mu.Unlock()
}

// Set raises a condition, or clears it if text is empty.
func (r *Registry) Set(code, subject, text string) {
	if text == "" {
		r.Clear(code, subject)
		return
	}
	r.Raise(code, subject, text)
}

// Expire clears a condition that has been raised for longer than age, in ns.
func (r *Registry) Expire(code, subject string, age int64) {
	now, k := r.now(), key{code, subject}
	r.mu.Lock()
	defer r.mu.Unlock()
	if c, ok := r.raised[k]; ok && now-c.Since > age {
		delete(r.raised, k)
	}
}

// List returns the conditions that are raised, and others from elsewhere, sorted.
func (r *Registry) List(others ...model.Condition) []model.Condition {
	out := slices.Clone(others)
	r.mu.Lock()
	for _, c := range r.raised {
		out = append(out, c)
	}
	r.mu.Unlock()
	Sort(out)
	return out
}

// Sort sorts by severity, the highest first, then by code and subject.
func Sort(list []model.Condition) {
	weight := map[model.Severity]int{model.Critical: 0, model.Warning: 1, model.Info: 2}
	slices.SortFunc(list, func(a, b model.Condition) int {
		return cmp.Or(weight[a.Severity]-weight[b.Severity], cmp.Compare(a.Code, b.Code), cmp.Compare(a.Subject, b.Subject))
	})
}
