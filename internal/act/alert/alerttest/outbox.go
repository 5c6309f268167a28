// Package alerttest has an outbox in memory, for tests of what alerts. It keeps
// nothing over the end of the program.
package alerttest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"floodmark/internal/act/alert"
)

// Outbox keeps deliveries as JSON, as a durable one would. The zero Outbox is
// empty and ready; any goroutine may use it.
type Outbox struct {
	mu   sync.Mutex
	keys []string
	data map[string][]byte
	ends map[string]string
	err  error
}

// Put keeps d; see alert.Outbox.
func (o *Outbox) Put(_ context.Context, d ...alert.Delivery) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil {
		return o.err
	}
	if o.data == nil {
		o.data, o.ends = make(map[string][]byte), make(map[string]string)
	}
	for _, p := range d {
		b, err := json.Marshal(p)
		if err != nil {
			return fmt.Errorf("outbox %s: %w", p.Key, err)
		}
		o.keys = append(slices.DeleteFunc(o.keys, func(k string) bool { return k == p.Key }), p.Key)
		o.data[p.Key] = b
	}
	return nil
}

// Done forgets a delivery.
func (o *Outbox) Done(_ context.Context, key, outcome string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil {
		return o.err
	}
	if _, ok := o.data[key]; ok {
		o.ends[key] = outcome
		delete(o.data, key)
	}
	o.keys = slices.DeleteFunc(o.keys, func(k string) bool { return k == key })
	return nil
}

// Pending returns what was put and is not done.
func (o *Outbox) Pending(context.Context) ([]alert.Delivery, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	slices.Reverse(o.keys) // any order will do
	out := make([]alert.Delivery, len(o.keys))
	for i, k := range o.keys {
		if err := json.Unmarshal(o.data[k], &out[i]); err != nil {
			return nil, fmt.Errorf("outbox %s: %w", k, err)
		}
	}
	return out, o.err
}

// Fail makes every call fail with err, until it is called with nil.
func (o *Outbox) Fail(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.err = err
}

// Outcomes returns what came of the deliveries that are done, by key.
func (o *Outbox) Outcomes() map[string]string {
	o.mu.Lock()
	defer o.mu.Unlock()
	out := make(map[string]string, len(o.ends))
	for k, v := range o.ends {
		out[k] = v
	}
	return out
}
