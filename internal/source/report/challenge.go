package report

import (
	"floodmark/internal/model"
)

// Challenge returns the proof of work that is asked of a visitor now, for a
// report of a service, or for something else where service is "". It never
// belongs into a page that others get too. The form of a page that is made for
// one visitor may hold its token: given back without a nonce, no sooner than
// three seconds later, it stands for a little work.
func (in *Intake) Challenge(service string, s model.Submission) (model.Challenge, error) {
	if _, ok := in.c.Known(service); !ok && service != "" {
		return model.Challenge{}, errUnknown
	}
	if !s.Address.IsValid() {
		return model.Challenge{}, errAddress
	}
	s.Service, s.Address = service, s.Address.Unmap().WithZone("")
	p, class := in.place(&s)
	k, old := in.keysOf(&s)
	k.network = networkKey(service, p.ASN)
	confirmed := service != "" && in.c.Confirmed(service)
	in.mu.Lock()
	in.counts.turn(in.clock.read())
	bits := in.bits(class, &k, old, confirmed)
	number := in.spent.next()
	in.mu.Unlock()
	until := in.c.Real().Add(proofLife)
	return model.Challenge{Token: in.work.token(service, s.Address, bits, number), Bits: bits, Until: until.UnixNano()}, nil
}

// Prove checks and spends the proof of something that is no report: a
// suggestion or a comment. s.Service is what the challenge was
// asked for. Only a few are taken from one address in an hour; nothing of it is
// kept. Errors are as those of Submit.
func (in *Intake) Prove(s model.Submission) error {
	if !s.Address.IsValid() {
		return errAddress
	}
	s.Address = s.Address.Unmap().WithZone("")
	p := in.work.check(&s)
	salts := in.salts.Load()
	k := salts.now.keys(&s)
	key := level(k.address, ofDeeds)
	in.mu.Lock()
	defer in.mu.Unlock()
	in.counts.turn(in.clock.read())
	if p.valid && in.spent.used(p.number) {
		in.stats.replayed.Add(1)
		return errWork
	}
	if !p.solved && !p.form {
		in.stats.workNeeded.Add(1)
		return errWork
	}
	if counted(&in.counts, key) >= deedsMost || !in.counts.has(key) {
		in.stats.tooMany.Add(1)
		return errMany
	}
	in.spent.set(p.number)
	in.counts.put(key, in.counts.now[key]+1)
	return nil
}
