package server

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

// outbox keeps messages that are to be sent among the journal's small state,
// and what came of them in its stream of alerts.
type outbox struct {
	journal *journal.Journal
	log     *slog.Logger
}

const outboxPrefix = "outbox/"

// outboxKey is the journal's form of a delivery's key.
func outboxKey(key string) string {
	return outboxPrefix + base64.RawURLEncoding.EncodeToString([]byte(key))
}

// Put keeps deliveries, durably.
func (o *outbox) Put(ctx context.Context, list ...alert.Delivery) error {
	for i := range list {
		if err := o.journal.Put(ctx, outboxKey(list[i].Key), encode(&list[i])); err != nil {
			return fmt.Errorf("keep message: %w", err)
		}
	}
	return nil
}

// Done forgets a delivery and notes what came of it.
func (o *outbox) Done(ctx context.Context, key, outcome string) error {
	note := struct {
		Key     string `json:"key"`
		Outcome string `json:"outcome"`
	}{key, outcome}
	if _, err := o.journal.Append(ctx, journal.Alerts, encode(note)); err != nil {
		o.log.Warn("what came of a message was not noted", "key", key, "err", err)
	}
	return o.journal.Delete(ctx, outboxKey(key))
}

// Pending returns what is kept, in order of time.
func (o *outbox) Pending(ctx context.Context) ([]alert.Delivery, error) {
	keys, err := o.journal.Keys(ctx, outboxPrefix)
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
			o.log.Warn("a kept message cannot be read", "key", k, "err", err)
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
