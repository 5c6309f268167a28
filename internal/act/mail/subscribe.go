package mail

import (
	"context"
	"fmt"
	"net/netip"
	"time"
)

// Subscribe asks the owner of an address whether to tell of a service. It
// answers the same whether or not the address is known: nobody learns who
// subscribed. from is the visitor's address, for limits only; the zero Addr where
// it is not known. Errors are ErrAddress, ErrService, ErrTooMany, errFull, or of
// the store.
func (m *Mailer) Subscribe(ctx context.Context, address, service string, from netip.Addr) error {
	address, err := parseAddress(address)
	if err != nil {
		return err
	}
	if _, ok := m.c.Name(service); !ok {
		return ErrService
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.c.Now()
	if !m.limits.take(now, from) {
		return ErrTooMany
	}
	id := m.id(address, service)
	if s := m.subs[id]; s != nil {
		return m.askAgain(ctx, s, now)
	}
	if len(m.subs) >= maxSubs {
		return errFull
	}
	asked, all := m.ofBox(address)
	if asked >= maxAsked || all >= maxPerBox {
		return nil // as if; the owner of the box has not answered, or has enough
	}
	s := &sub{ID: id, Address: address, Service: service, Asked: now.UnixNano()}
	s.due = max(s.Asked, m.mailed[m.hashBox(address)]+int64(perBox))
	if err := m.save(ctx, subKeys+id, s); err != nil {
		return fmt.Errorf("subscribe: %w", err)
	}
	m.subs[id] = s
	m.notify()
	return nil
}

// askAgain sends another mail where the first one was not answered for an hour.
func (m *Mailer) askAgain(ctx context.Context, s *sub, now time.Time) error {
	if s.Confirmed > 0 || s.Mailed == 0 || now.UnixNano()-s.Mailed < int64(perBox) {
		return nil
	}
	next := *s
	next.Asked, next.Mailed, next.tries = now.UnixNano(), 0, 0
	next.due = max(next.Asked, m.mailed[m.hashBox(s.Address)]+int64(perBox))
	if err := m.save(ctx, subKeys+s.ID, &next); err != nil {
		return fmt.Errorf("subscribe: %w", err)
	}
	*s = next
	m.notify()
	return nil
}

// ofBox counts subscriptions of a mailbox: unconfirmed, and all.
func (m *Mailer) ofBox(address string) (asked, all int) {
	b := box(address)
	for _, s := range m.subs {
		if box(s.Address) == b {
			all++
			if s.Confirmed == 0 {
				asked++
			}
		}
	}
	return asked, all
}

// Confirm begins the subscription that a mail asked about and returns its
// service. It may be called again. The error is ErrToken or of the store.
func (m *Mailer) Confirm(ctx context.Context, token string) (service string, err error) {
	id, err := m.read(confirms, token)
	if err != nil {
		return "", err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.subs[id]
	if s == nil {
		return "", ErrToken
	}
	if s.Confirmed > 0 {
		return s.Service, nil
	}
	next := *s
	next.Confirmed = m.c.Now().UnixNano()
	if err := m.save(ctx, subKeys+id, &next); err != nil {
		return "", fmt.Errorf("confirm: %w", err)
	}
	*s = next
	return s.Service, nil
}

// Unsubscribe ends a subscription and deletes its address. It may be called
// again: what is gone stays gone, without an error.
func (m *Mailer) Unsubscribe(ctx context.Context, token string) error {
	id, err := m.read(leaves, token)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.forget(ctx, id)
}

// forget deletes a subscription. Callers hold mu.
func (m *Mailer) forget(ctx context.Context, id string) error {
	if m.subs[id] == nil {
		return nil
	}
	if err := m.c.Store.Delete(ctx, subKeys+id); err != nil {
		return fmt.Errorf("unsubscribe: %w", err)
	}
	delete(m.subs, id)
	return nil
}
