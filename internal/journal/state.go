package journal

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/nats-io/nats.go/jetstream"
)

// stateSubject of a key; keys hold no dot, so the star matches each.
func stateSubject(key string) string { return state.String() + "." + key }

// checkKey wants 1 to MaxKey of letters, digits and -_/=:@
func checkKey(key string) error {
	if len(key) > MaxKey {
		return fmt.Errorf("key of %d octets: %w", len(key), ErrTooLarge)
	}
	if key == "" {
		return errors.New("empty key")
	}
	for i := range len(key) {
		c := key[i]
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-_/=:@", c) >= 0) {
			return fmt.Errorf("key %q: %q is not a letter, a digit or one of -_/=:@", key, c)
		}
	}
	return nil
}

// Put makes value the value of key, durable when it returns, like Append. The
// value before it is gone.
func (j *Journal) Put(ctx context.Context, key string, value []byte) error {
	if err := checkKey(key); err != nil {
		return fmt.Errorf("put: %w", err)
	}
	if len(value) > MaxValue {
		return fmt.Errorf("put %s: %d octets: %w", key, len(value), ErrTooLarge)
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("put %s: %w", key, err)
	}
	if j.values.Load()+int64(len(value)) > j.maxValues {
		j.count(ctx)
		if j.values.Load()+int64(len(value)) > j.maxValues {
			return fmt.Errorf("put %s: %w: all values together exceed %d octets", key, ErrFull, j.maxValues)
		}
	}
	if _, err := j.commit(state, stateSubject(key), value); err != nil {
		return fmt.Errorf("put %s: %w", key, err)
	}
	j.values.Add(int64(len(key) + len(value)))
	return nil
}

// count corrects the size of the values, which grows with each Put whether or
// not it replaced one.
func (j *Journal) count(ctx context.Context) {
	if e, err := j.up(); err == nil {
		if info, err := e.streams[state].Info(ctx); err == nil {
			j.values.Store(int64(info.State.Bytes))
		}
	}
}

// Get returns the value of key; the caller owns it. It fails with ErrNotFound.
func (j *Journal) Get(ctx context.Context, key string) ([]byte, error) {
	if err := checkKey(key); err != nil {
		return nil, fmt.Errorf("get: %w", err)
	}
	e, err := j.up()
	if err != nil {
		return nil, fmt.Errorf("get %s: %w", key, err)
	}
	m, err := e.streams[state].GetLastMsgForSubject(ctx, stateSubject(key))
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return nil, fmt.Errorf("get %s: %w", key, ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("get %s: %w", key, lost(err))
	}
	return m.Data, nil
}

// Keys returns the keys that begin with prefix, sorted.
func (j *Journal) Keys(ctx context.Context, prefix string) ([]string, error) {
	e, err := j.up()
	if err != nil {
		return nil, fmt.Errorf("list keys: %w", err)
	}
	info, err := e.streams[state].Info(ctx, jetstream.WithSubjectFilter(stateSubject("*")))
	if err != nil {
		return nil, fmt.Errorf("list keys: %w", lost(err))
	}
	var keys []string
	for subject := range info.State.Subjects {
		if key := strings.TrimPrefix(subject, stateSubject("")); strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys, nil
}

// Delete removes key and its value, if there is one, and writes over its octets
// on the disk: keys of hashes must not be found again. Values that Put replaced
// are not written over. A loss of power right after it may bring key and value back.
func (j *Journal) Delete(ctx context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	e, err := j.up()
	if err != nil {
		return fmt.Errorf("delete %s: %w", key, err)
	}
	m, err := e.streams[state].GetLastMsgForSubject(ctx, stateSubject(key))
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return nil
	}
	if err == nil {
		err = e.streams[state].SecureDeleteMsg(ctx, m.Sequence)
	}
	if err != nil && !errors.Is(err, jetstream.ErrMsgDeleteUnsuccessful) {
		return fmt.Errorf("delete %s: %w", key, lost(err))
	}
	// Somebody may have put a value meanwhile.
	if err := e.streams[state].Purge(ctx, jetstream.WithPurgeSubject(stateSubject(key))); err != nil {
		return fmt.Errorf("delete %s: %w", key, lost(err))
	}
	return nil
}
