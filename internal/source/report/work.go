package report

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"math/bits"
	"net/netip"
	"strings"
	"time"

	"floodmark/internal/model"
)

const (
	proofLife = 10 * time.Minute // from the question to the report
	formAfter = 3 * time.Second  // nobody reads a page and fills in its form faster
	nonceMost = 32               // octets of a nonce
	// slack is how many bits less than what would be asked now are accepted:
	// others may have reported while this one worked.
	slack = 3
)

// A token is what a visitor works on, base64url of
//
//	1  version, 1
//	1  bits
//	4  seconds since the program started, big endian like all
//	8  number of the token
//	8  hash of service and /24 or /56, by a key of this process
//	16 the first half of the HMAC-SHA-256 of all that, by the same key
//
// The key dies with the process, so a restart makes all tokens invalid, spent
// ones among them.
const (
	tokenVersion = 1
	tokenSigned  = 1 + 1 + 4 + 8 + 8
	tokenOctets  = tokenSigned + 16
)

// works makes and checks tokens. It never changes.
type works struct {
	key   [32]byte
	start time.Time // seconds are counted from it by a clock that nobody sets
	real  func() time.Time
}

func newWorks(real func() time.Time) works {
	w := works{start: real(), real: real}
	rand.Read(w.key[:])
	return w
}

// proof is what a submission proves.
type proof struct {
	valid  bool // the token is ours, for this service and prefix, and not too old
	solved bool // and the work was done
	form   bool // and no work was done, but somebody took time over a form
	bits   uint8
	number uint64
}

func (w *works) mac(kind byte, parts ...[]byte) []byte {
	m := hmac.New(sha256.New, w.key[:])
	m.Write([]byte{kind})
	for _, p := range parts {
		m.Write(p)
	}
	return m.Sum(nil)
}

func (w *works) place(service string, a netip.Addr) []byte {
	return w.mac('p', placesOf(a).prefix.AsSlice(), []byte{0}, []byte(service))[:8]
}

// token makes one that asks for so many bits.
func (w *works) token(service string, a netip.Addr, bits uint8, number uint64) string {
	b := make([]byte, 0, tokenOctets)
	b = append(b, tokenVersion, bits)
	b = binary.BigEndian.AppendUint32(b, uint32(w.real().Sub(w.start)/time.Second))
	b = binary.BigEndian.AppendUint64(b, number)
	b = append(b, w.place(service, a)...)
	b = append(b, w.mac('t', b)[:16]...)
	return base64.RawURLEncoding.EncodeToString(b)
}

// check reads "token:nonce", or the token alone of a form without script.
func (w *works) check(s *model.Submission) (p proof) {
	token, nonce, worked := strings.Cut(s.Solution, ":")
	if len(token) != base64.RawURLEncoding.EncodedLen(tokenOctets) || len(nonce) > nonceMost {
		return p
	}
	var b [tokenOctets]byte
	if _, err := base64.RawURLEncoding.Strict().Decode(b[:], []byte(token)); err != nil || b[0] != tokenVersion {
		return p
	}
	if !hmac.Equal(w.mac('t', b[:tokenSigned])[:16], b[tokenSigned:]) || !hmac.Equal(w.place(s.Service, s.Address), b[14:tokenSigned]) {
		return p
	}
	age := w.real().Sub(w.start.Add(time.Duration(binary.BigEndian.Uint32(b[2:])) * time.Second))
	if age > proofLife {
		return p
	}
	p = proof{valid: true, bits: b[1], number: binary.BigEndian.Uint64(b[6:])}
	if worked {
		sum := sha256.Sum256([]byte(s.Solution))
		p.solved = zeros(&sum) >= int(p.bits)
	} else {
		p.form = age >= formAfter
	}
	return p
}

// zeros counts leading zero bits, 64 at most.
func zeros(sum *[sha256.Size]byte) int { return bits.LeadingZeros64(binary.BigEndian.Uint64(sum[:])) }

// spentBits is how many tokens back a spent one is remembered: more than one
// machine can hand out in ten minutes. Older ones are not accepted.
const spentBits = 1 << 26

// spent knows which tokens were used: a ring of one bit for each.
type spent struct {
	ring []uint64
	last uint64 // number of the newest token; the first is 1
}

func newSpent(bits int) spent { return spent{ring: make([]uint64, bits/64)} }

func (s *spent) next() uint64 {
	s.last++
	s.clear(s.last)
	return s.last
}

func (s *spent) bit(n uint64) (*uint64, uint64) {
	return &s.ring[n/64%uint64(len(s.ring))], 1 << (n % 64)
}

// used tells whether a token was used, or is too old to tell.
func (s *spent) used(n uint64) bool {
	word, bit := s.bit(n)
	return n > s.last || s.last-n >= uint64(len(s.ring))*64 || *word&bit != 0
}

func (s *spent) set(n uint64) {
	word, bit := s.bit(n)
	*word |= bit
}

func (s *spent) clear(n uint64) {
	word, bit := s.bit(n)
	*word &^= bit
}
