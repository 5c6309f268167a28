// Package outbox keeps alerts that are to be delivered in the journal, so that a
// restart loses none.
package outbox

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"floodmark/internal/act/alert"
	"floodmark/internal/journal"
)

// Journal is what an Outbox is kept in.
type Journal interface {
	Append(ctx context.Context, s journal.Stream, entries ...[]byte) (last uint64, err error)
	Put(ctx context.Context, key string, value []byte) error
	Get(ctx context.Context, key string) ([]byte, error)
	Delete(ctx context.Context, key string) error
	Keys(ctx context.Context, prefix string) ([]string, error)
}

// Outbox keeps deliveries that are due among the values of the journal, and their
// outcomes in its stream of alerts. Make it with New.
type Outbox struct {
	journal Journal
	log     *slog.Logger
}

// New makes an outbox.
func New(j Journal, log *slog.Logger) *Outbox { return &Outbox{j, log} }

const prefix = "outbox/"

// journalKey is the journal's form of a delivery's key.
func journalKey(key string) string {
	return prefix + base64.RawURLEncoding.EncodeToString([]byte(key))
}

// Put keeps deliveries, durably.
func (o *Outbox) Put(ctx context.Context, list ...alert.Delivery) error {
	for i := range list {
		if err := o.journal.Put(ctx, journalKey(list[i].Key), encode(&list[i])); err != nil {
			return fmt.Errorf("keep message: %w", err)
		}
	}
	return nil
}

// Done drops a delivery and appends its outcome to the stream of alerts.
func (o *Outbox) Done(ctx context.Context, key, outcome string) error {
	note := struct {
		Key     string `json:"key"`
		Outcome string `json:"outcome"`
	}{key, outcome}
	if _, err := o.journal.Append(ctx, journal.Alerts, encode(note)); err != nil {
		o.log.Warn("the outcome of an alert was not recorded", "key", key, "error", err)
	}
	return o.journal.Delete(ctx, journalKey(key))
}

// Pending returns what is kept, in order of time.
func (o *Outbox) Pending(ctx context.Context) ([]alert.Delivery, error) {
	keys, err := o.journal.Keys(ctx, prefix)
	if err != nil {
		return nil, err
	}
	var out []alert.Delivery
	for _, k := range keys {
		b, err := o.journal.Get(ctx, k)
		if errors.Is(err, journal.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		var d alert.Delivery
		if err := json.Unmarshal(b, &d); err != nil {
			o.log.Warn("a stored alert cannot be read", "key", k, "error", err)
			continue
		}
		out = append(out, d)
	}
	slices.SortFunc(out, func(a, b alert.Delivery) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Key, b.Key)) })
	return out, nil
}

// encode gives the form that the journal keeps. The types are our own and
// always encode.
func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("encode %T for the journal: %v", v, err))
	}
	return b
}
