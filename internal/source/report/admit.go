package report

import (
	"context"

	"floodmark/internal/model"
)

// Submit takes in a submission. It returns when the report is durable, or an
// *fault.Error that says why it is not taken, or the error of ctx: whether the report
// is kept is then not known. A repeated
// report from the same person returns Duplicate, even without proof of work, so
// that retries are safe.
func (in *Intake) Submit(ctx context.Context, s model.Submission) (model.Receipt, error) {
	in.stats.submitted.Add(1)
	r, class, err := in.read(&s)
	if err != nil {
		in.stats.invalid.Add(1)
		return model.Receipt{}, err
	}
	k, old := in.keysOf(&s)
	k.network = networkKey(r.Service, r.ASN)
	t := &ticket{report: *r, keys: k, proof: in.work.check(&s), done: make(chan struct{})}
	t.report.Person, t.report.Prefix, t.report.Client = k.person, k.hash, k.client
	earlier, err := in.admit(t, class, old, in.c.Confirmed(s.Service))
	if err != nil {
		return model.Receipt{}, err
	}
	if earlier != nil {
		t = earlier
	}
	select {
	case <-t.done:
	case <-ctx.Done():
		return model.Receipt{}, ctx.Err()
	}
	switch {
	case t.err != nil:
		return model.Receipt{}, t.err
	case earlier != nil:
		in.stats.duplicates.Add(1)
		return model.Receipt{State: model.Duplicate, At: t.report.At}, nil
	}
	// The receipt of a suppressed report is that of a counted one: to tell them
	// apart would only help those who probe the limits.
	return model.Receipt{State: model.Counted, At: t.report.At}, nil
}

// keysOf returns the keys by the salt of now, and by the one before it where
// there still is one.
func (in *Intake) keysOf(s *model.Submission) (now keys, before *keys) {
	salts := in.salts.Load()
	if salts.before != nil {
		k := salts.before.keys(s)
		before = &k
	}
	return salts.now.keys(s), before
}

// admit decides on a ticket and puts it into the queue. It returns the earlier
// ticket of somebody who has said so before.
func (in *Intake) admit(t *ticket, c *class, old *keys, confirmed bool) (earlier *ticket, err error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	now := in.clock.read()
	in.persons.turn(now)
	in.counts.turn(now)
	r := &t.report
	n := in.said(r.Person, r.Kind, now)
	if old != nil {
		n += in.said(old.person, r.Kind, now)
	}
	unused := t.proof.valid && !in.spent.used(t.proof.number)
	another := unused && t.proof.solved && c.shared && n < sameMost && in.sent(t.keys.prefix, old, prefix) >= sharedFrom
	if n > 0 && !another {
		return in.earlier(said{r.Person, r.Kind}, now), nil
	}
	if t.proof.valid && !unused {
		in.stats.replayed.Add(1)
		return nil, errWork
	}
	if !in.worked(t, c, old, confirmed) {
		in.stats.workNeeded.Add(1)
		return nil, errWork
	}
	over, most := in.over(c, &t.keys, old)
	if most {
		in.stats.tooMany.Add(1)
		return nil, errMany
	}
	if in.closed || len(in.queue) == cap(in.queue) {
		why := &in.stats.queueFull
		if in.closed {
			why = &in.stats.down
		}
		why.Add(1)
		in.refuse(t, false)
		return nil, full(afterQueue)
	}
	r.Suppressed = over || !in.room(t)
	in.spent.set(t.proof.number)
	if !t.proof.form {
		t.keys.forms, r.Work = 0, t.proof.bits
	}
	in.count(&t.keys)
	in.saidBy(r.Person, r.Kind, now)
	in.pending[said{r.Person, r.Kind}] = t
	in.queue <- t // has room: only admit puts in, and holds the lock
	return nil, nil
}

// count counts a report by each of its keys.
func (in *Intake) count(k *keys) {
	for _, key := range k.list() {
		in.counts.put(key, in.counts.now[key]+1)
	}
}

// earlier returns what somebody has said before: still on its way, or long
// durable.
func (in *Intake) earlier(s said, now int64) *ticket {
	if t := in.pending[s]; t != nil {
		return t
	}
	t := &ticket{done: make(chan struct{})}
	t.report.At = now
	close(t.done)
	return t
}

// worked tells whether the proof is enough: as much work as is asked now, about,
// or a form that somebody took time over, while its prefix has some of those left.
func (in *Intake) worked(t *ticket, c *class, old *keys, confirmed bool) bool {
	switch {
	case t.proof.solved:
		return t.proof.bits+slack >= in.bits(c, &t.keys, old, confirmed)
	case t.proof.form:
		return in.sent(t.keys.forms, old, forms) < c.forms
	}
	return false
}

// sent returns how many reports came with a key, by either salt.
func (in *Intake) sent(now uint64, old *keys, pick func(*keys) uint64) uint32 {
	n := counted(&in.counts, now)
	if old != nil {
		n += counted(&in.counts, pick(old))
	}
	return n
}

func address(k *keys) uint64 { return k.address }
func prefix(k *keys) uint64  { return k.prefix }
func wide(k *keys) uint64    { return k.wide }
func forms(k *keys) uint64   { return k.forms }

func (in *Intake) bits(c *class, k *keys, old *keys, confirmed bool) uint8 {
	return c.work(in.sent(k.address, old, address), in.sent(k.prefix, old, prefix), counted(&in.counts, k.network), confirmed)
}

// over tells whether a limit is reached, and whether the hard one is.
func (in *Intake) over(c *class, k *keys, old *keys) (over, most bool) {
	check := func(n, limit uint32) {
		if limit > 0 {
			over, most = over || n >= limit, most || n >= hardly*limit
		}
	}
	check(in.sent(k.address, old, address), c.address)
	check(in.sent(k.prefix, old, prefix), c.prefix)
	if k.wide != 0 {
		check(in.sent(k.wide, old, wide), c.wide)
	}
	if k.network != 0 {
		check(counted(&in.counts, k.network), c.network)
	}
	return over, most
}

// room tells whether the sender can be remembered. Who cannot is kept and does
// not count, since it could not be told when it comes again.
func (in *Intake) room(t *ticket) bool {
	return in.persons.has(t.report.Person) && len(in.counts.now)+5 <= in.counts.most
}

// refuse undoes what was noted of a ticket that was not kept, so that its
// sender may come again with the same proof, and counts that once a person.
func (in *Intake) refuse(t *ticket, noted bool) {
	r := &t.report
	if noted {
		in.spent.clear(t.proof.number)
		for _, key := range t.keys.list() {
			if n := in.counts.now[key]; n > 0 {
				in.counts.put(key, n-1)
			}
		}
	}
	if in.unsaid(r.Person, r.Kind, noted) && r.Kind == model.Problem {
		in.refused[r.Service]++
	}
}
