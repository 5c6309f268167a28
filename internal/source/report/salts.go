package report

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"net/netip"
	"time"

	"floodmark/internal/model"
)

// A salt is used for new reports until a window before its end, and then looked
// up beside its follower, so that who has reported stays known over the change.
const saltLife = int64(24 * time.Hour)

// salt is the key of hashes of visitors. Without it they lead back to nobody.
type salt struct {
	made int64 // Unix ns
	slot int   // of saltKeys
	key  [32]byte
}

// SaltKeys is how the keys of a State begin under which the keys of hashes are.
// They must be in no copy that is kept for longer than they live.
const SaltKeys = "reports/salt/"

var saltKeys = [2]string{SaltKeys + "0", SaltKeys + "1"}

type salts struct {
	now    salt
	before *salt // nil where there is none
}

// good tells whether a salt may be used at all. One from far in the future was
// made by a clock that was wrong; a little is a clock that was set back.
func (s *salt) good(now int64) bool {
	return now-s.made < saltLife && s.made-now < 2*int64(time.Hour)
}

// loadSalts reads what the last run left, and deletes what is too old.
func loadSalts(ctx context.Context, st State, now int64) (*salts, error) {
	var found []salt
	for slot, key := range saltKeys {
		b, ok, err := st.Get(ctx, key)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		s := salt{slot: slot}
		if len(b) == 8+len(s.key) {
			s.made = int64(binary.LittleEndian.Uint64(b))
			copy(s.key[:], b[8:])
		}
		if !s.good(now) {
			if err := st.Delete(ctx, key); err != nil {
				return nil, err
			}
			continue
		}
		found = append(found, s)
	}
	switch {
	case len(found) == 0:
		return freshSalts(ctx, st, now, nil)
	case len(found) == 1:
		return &salts{now: found[0]}, nil
	case found[0].made > found[1].made:
		return &salts{now: found[0], before: &found[1]}, nil
	default:
		return &salts{now: found[1], before: &found[0]}, nil
	}
}

// freshSalts makes a new salt to follow another.
func freshSalts(ctx context.Context, st State, now int64, before *salt) (*salts, error) {
	s := &salts{now: salt{made: now}, before: before}
	if before != nil {
		s.now.slot = 1 - before.slot
	}
	rand.Read(s.now.key[:])
	return s, s.now.keep(ctx, st)
}

// keep writes a salt down, so that it is the same after a restart.
func (s *salt) keep(ctx context.Context, st State) error {
	b := binary.LittleEndian.AppendUint64(nil, uint64(s.made))
	if err := st.Put(ctx, saltKeys[s.slot], append(b, s.key[:]...)); err != nil {
		return fmt.Errorf("keep a new salt: %w", err)
	}
	return nil
}

// renew makes and deletes salts when it is time. A salt that cannot be kept is
// used all the same: none outlives its day because a disk is full.
func (in *Intake) renew(ctx context.Context, now int64) error {
	s := in.salts.Load()
	if s.before != nil && !s.before.good(now) {
		in.salts.Store(&salts{now: s.now})
		if err := in.c.State.Delete(ctx, saltKeys[s.before.slot]); err != nil {
			in.stale = s.before.slot + 1
			return fmt.Errorf("delete an old salt: %w", err)
		}
		return nil
	}
	if in.stale > 0 {
		if err := in.c.State.Delete(ctx, saltKeys[in.stale-1]); err != nil {
			return fmt.Errorf("delete an old salt: %w", err)
		}
		in.stale = 0
	}
	if now-s.now.made < saltLife-window && s.now.good(now) {
		if !in.unkept {
			return nil
		}
		err := s.now.keep(ctx, in.c.State)
		in.unkept = err != nil
		return err
	}
	before := s.now
	next, err := freshSalts(ctx, in.c.State, now, &before)
	in.salts.Store(next)
	in.unkept = err != nil
	return err
}

// keys are under which a submission is remembered. They are never kept but as
// Report.Person and Report.Prefix.
type keys struct {
	person, address, prefix, wide, network, forms uint64
	hash                                          uint64 // of service and prefix: Report.Prefix
	client                                        uint32
}

// list returns those that limits count by.
func (k *keys) list() []uint64 {
	list := make([]uint64, 0, 5)
	for _, key := range [...]uint64{k.address, k.prefix, k.wide, k.network, k.forms} {
		if key != 0 {
			list = append(list, key)
		}
	}
	return list
}

// level keeps the keys of one table apart.
func level(hash uint64, l uint64) uint64 { return hash ^ l*0x9e3779b97f4a7c15 } // 2^64 over the golden ratio

const (
	ofAddress = iota + 1
	ofPrefix
	ofWide
	ofForms
	ofDeeds
)

// networkKey of a network whose number is known; others cannot be told apart.
func networkKey(service string, asn uint32) uint64 {
	if asn == 0 {
		return 0
	}
	h := sha256.New()
	h.Write(binary.LittleEndian.AppendUint32(nil, asn))
	h.Write([]byte(service))
	return binary.LittleEndian.Uint64(h.Sum(nil))
}

// What of the headers goes into a hash; more is nobody's honest browser.
const agentMost = 512

// keys returns those of a submission.
func (s *salt) keys(sub *model.Submission) (k keys) {
	p := placesOf(sub.Address)
	agent, languages := sub.Agent[:min(len(sub.Agent), agentMost)], sub.Languages[:min(len(sub.Languages), agentMost)]
	mac := hmac.New(sha256.New, s.key[:])
	service, one := []byte(sub.Service), p.one.AsSlice()
	k.person = sum(mac, 'p', service, one, []byte(agent), []byte(languages))
	k.address = level(sum(mac, 'a', service, one), ofAddress)
	k.hash = sum(mac, 'n', service, p.prefix.AsSlice())
	k.prefix, k.forms = level(k.hash, ofPrefix), level(k.hash, ofForms)
	if p.wide.IsValid() {
		k.wide = level(sum(mac, 'w', service, p.wide.AsSlice()), ofWide)
	}
	k.client = uint32(sum(mac, 'c', []byte(agent), []byte(languages)))
	return k
}

// sum hashes parts so that no two lists of parts are the same octets.
func sum(mac hash.Hash, what byte, parts ...[]byte) uint64 {
	mac.Reset()
	head := []byte{what}
	for _, p := range parts {
		head = binary.LittleEndian.AppendUint16(head, uint16(len(p)))
	}
	mac.Write(head)
	for _, p := range parts {
		mac.Write(p)
	}
	var b [sha256.Size]byte
	return binary.LittleEndian.Uint64(mac.Sum(b[:0]))
}

// prefixes are the parts of an address that are counted. A person on IPv6 is a
// /64: it is one device or one household, which may change the rest at will.
type prefixes struct{ one, prefix, wide netip.Addr }

func placesOf(a netip.Addr) prefixes {
	a = a.Unmap().WithZone("")
	cut := func(bits int) netip.Addr {
		p, err := a.Prefix(bits)
		if err != nil {
			return netip.Addr{}
		}
		return p.Addr()
	}
	if a.Is4() {
		return prefixes{one: a, prefix: cut(24)}
	}
	return prefixes{one: cut(64), prefix: cut(56), wide: cut(48)}
}
