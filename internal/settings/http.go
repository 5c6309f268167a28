package settings

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"

	"floodmark/internal/conf"
)

// HTTP is the two listeners. What one serves, the other never does.
type HTTP struct {
	// Pages and API of the operator: everything but the public pages.
	Operator OperatorHTTP `conf:"operator"`
	// Pages and feeds that anyone may read. They never show targets, sources, thresholds, rules or samples.
	Public PublicHTTP `conf:"public"`
	// Who may use the operator's listener. Without tokens it serves loopback only and asks for none. `floodmark token new` makes one.
	Tokens []Token `conf:"tokens"`
}

// OperatorHTTP is the operator's listener.
type OperatorHTTP struct {
	// TCP address and port. Beyond loopback only with tokens.
	Listen conf.AddrPort `conf:"listen,restart"`
	// Encryption. Without it, put a proxy that encrypts before a listener beyond loopback.
	TLS TLS `conf:"tls"`
}

// PublicHTTP is the public listener.
type PublicHTTP struct {
	// Serve public pages at all.
	Enabled bool `conf:"enabled,restart"`
	// TCP address and port.
	Listen conf.AddrPort `conf:"listen,restart"`
	// Encryption.
	TLS TLS `conf:"tls"`
}

// TLS is a certificate and its key. A renewed one is read at a reload.
type TLS struct {
	// PEM file of the certificate, followed by those of its issuers.
	Cert conf.FilePath `conf:"cert"`
	// PEM file of the private key.
	Key conf.FilePath `conf:"key"`
}

// On reports whether the listener encrypts.
func (t TLS) On() bool { return t.Cert != "" }

// Token lets somebody use the operator's listener.
type Token struct {
	// Who or what holds it; operators' remarks carry this name.
	Name string `conf:"name"`
	// Hash of the token: sha256: and 64 hexadecimal digits. The token itself is nowhere.
	Hash TokenHash `conf:"hash"`
	// What it may do. operate includes read, admin includes operate.
	Scopes []Scope `conf:"scopes"`
}

// TokenHash is the SHA-256 of a token. Tokens are 256 random bits, so that a
// fast hash is enough: there is nothing to guess.
type TokenHash [sha256.Size]byte

const hashPrefix = "sha256:"

// HashToken hashes a token.
func HashToken(token string) TokenHash { return sha256.Sum256([]byte(token)) }

// Form names the form of a hash.
func (TokenHash) Form() string { return "sha256: and 64 hexadecimal digits" }

// UnmarshalText reads sha256: and 64 hexadecimal digits.
func (h *TokenHash) UnmarshalText(b []byte) error {
	digits, ok := strings.CutPrefix(string(b), hashPrefix)
	v, err := hex.DecodeString(digits)
	if !ok || err != nil || len(v) != len(h) {
		// The text is not repeated: it may be a token that was put here by mistake.
		return conf.Hint("not the hash of a token", "write sha256: and 64 hexadecimal digits; floodmark token new prints the line")
	}
	copy(h[:], v)
	return nil
}

// String prints the form that UnmarshalText reads.
func (h TokenHash) String() string { return hashPrefix + hex.EncodeToString(h[:]) }

// Has reports whether the token may do what a scope allows.
func (t *Token) Has(want Scope) bool {
	for _, s := range t.Scopes {
		switch {
		case s == want,
			s == Admin && (want == Operate || want == Read || want == Scrape),
			s == Operate && want == Read:
			return true
		}
	}
	return false
}

func (h *HTTP) check(c *checker, k conf.Key) {
	op := k.Sub("operator")
	if !h.Operator.Listen.Loopback() && len(h.Tokens) == 0 {
		c.wrong(op.Sub("listen"), conf.Hint(h.Operator.Listen.String()+" can be reached from elsewhere, and there is no token",
			"add http.tokens (floodmark token new), or listen on 127.0.0.1"))
	}
	if h.Public.Enabled && h.Public.Listen == h.Operator.Listen {
		c.wrong(k.Sub("public").Sub("listen"), errors.New("the operator listens there"))
	}
	h.Operator.TLS.check(c, op.Sub("tls"))
	h.Public.TLS.check(c, k.Sub("public").Sub("tls"))
	names, hashes := make(map[string]bool), make(map[TokenHash]bool)
	for i, t := range h.Tokens {
		tk := k.Sub("tokens").Item(i)
		c.name(tk.Sub("name"), t.Name, names)
		switch {
		case c.f.Bad(tk.Sub("hash")): // told already
		case t.Hash == TokenHash{}:
			c.wrong(tk, conf.Hint("has no hash", "floodmark token new prints one"))
		case hashes[t.Hash]:
			c.wrong(tk.Sub("hash"), errors.New("two tokens have this hash"))
		}
		hashes[t.Hash] = true
		if len(t.Scopes) == 0 {
			c.wrong(tk.Sub("scopes"), conf.Hint("has no scopes and may do nothing", "write scopes: [read]"))
		}
	}
}

func (t TLS) check(c *checker, k conf.Key) {
	if (t.Cert == "") != (t.Key == "") {
		c.wrong(k, errors.New("cert and key belong together"))
	}
	c.exists(k.Sub("cert"), t.Cert)
	c.exists(k.Sub("key"), t.Key)
}
