package mail

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"time"
)

// Kinds of token.
const (
	confirms = 'c'
	leaves   = 'u'
)

const idSize = 16

// sum is a keyed hash; what separates uses from each other.
func (m *Mailer) sum(what string, parts ...string) []byte {
	h := hmac.New(sha256.New, m.key)
	h.Write([]byte(what))
	for _, p := range parts {
		h.Write([]byte{0})
		h.Write([]byte(p))
	}
	return h.Sum(nil)
}

// id names a subscription without telling its address.
func (m *Mailer) id(address, service string) string {
	return hex.EncodeToString(m.sum("id", box(address), address, service)[:idSize])
}

// token is what a link holds: kind, subscription, when it ends in Unix seconds
// (0 for never) and a keyed hash over them. Nobody learns an address from it.
func (m *Mailer) token(kind byte, id string, until time.Time) string {
	raw, _ := hex.DecodeString(id)
	b := append([]byte{kind}, raw...)
	end := uint64(0)
	if !until.IsZero() {
		end = uint64(until.Unix())
	}
	b = binary.BigEndian.AppendUint64(b, end)
	return base64.RawURLEncoding.EncodeToString(append(b, m.sum("token", string(b))[:idSize]...))
}

// read returns the subscription that a token of that kind names.
func (m *Mailer) read(kind byte, token string) (id string, err error) {
	const body = 1 + idSize + 8
	if len(token) > 80 {
		return "", ErrToken
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(b) != body+idSize || b[0] != kind || !hmac.Equal(b[body:], m.sum("token", string(b[:body]))[:idSize]) {
		return "", ErrToken
	}
	if end := int64(binary.BigEndian.Uint64(b[1+idSize : body])); end != 0 && m.c.Now().Unix() > end {
		return "", ErrToken
	}
	return hex.EncodeToString(b[1 : 1+idSize]), nil
}
