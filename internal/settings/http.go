package settings

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"

	"floodmark/internal/conf"
)

// HTTP is the two listeners. They share no route.
type HTTP struct {
	// Operator listener: pages and API for the operator.
	Operator OperatorHTTP `conf:"operator"`
	// Public listener: pages, feeds and API for everyone. It never shows targets, sources, thresholds, rules or samples.
	Public PublicHTTP `conf:"public"`
	// Access tokens of the operator listener. Without tokens it is restricted to loopback and requires no login. Create one with `floodmark token new`.
	Tokens []Token `conf:"tokens"`
}

// OperatorHTTP is the operator's listener.
type OperatorHTTP struct {
	// TCP address and port. An address other than loopback requires tokens.
	Listen conf.AddrPort `conf:"listen,restart"`
	// TLS certificate. Without one, put a TLS-terminating proxy in front of a listener that is reachable from other hosts.
	TLS TLS `conf:"tls"`
}

// PublicHTTP is the public listener.
type PublicHTTP struct {
	// Serve the public pages.
	Enabled bool `conf:"enabled,restart"`
	// TCP address and port.
	Listen conf.AddrPort `conf:"listen,restart"`
	// TLS certificate.
	TLS TLS `conf:"tls"`
}

// TLS is a certificate and its key. A reload reads a renewed one.
type TLS struct {
	// PEM file of the certificate, followed by the intermediate certificates.
	Cert conf.FilePath `conf:"cert"`
	// PEM file of the private key.
	Key conf.FilePath `conf:"key"`
}

// On reports whether the listener encrypts.
func (t TLS) On() bool { return t.Cert != "" }

// Token gives access to the operator listener.
type Token struct {
	// Name of the token holder, which notes and acknowledgments show.
	Name string `conf:"name"`
	// SHA-256 hash of the token: sha256: and 64 hexadecimal digits. The token itself is not stored.
	Hash TokenHash `conf:"hash"`
	// Permissions. operate includes read; admin includes operate and metrics.
	Scopes []Scope `conf:"scopes"`
}

// TokenHash is the SHA-256 of a token. Tokens have 256 random bits, so that a
// fast hash is sufficient: they cannot be guessed.
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
		// The text is not quoted because it may be a token pasted here by mistake.
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
			s == scopeAdmin && (want == scopeOperate || want == scopeRead || want == scopeScrape),
			s == scopeOperate && want == scopeRead:
			return true
		}
	}
	return false
}

func (h *HTTP) check(c *checker, k conf.Key) {
	op := k.Sub("operator")
	if !h.Operator.Listen.Loopback() && len(h.Tokens) == 0 {
		c.wrong(op.Sub("listen"), conf.Hint(h.Operator.Listen.String()+" is reachable from other hosts, and there is no token",
			"add http.tokens (floodmark token new), or listen on 127.0.0.1"))
	}
	if h.Public.Enabled && h.Public.Listen == h.Operator.Listen {
		c.wrong(k.Sub("public").Sub("listen"), errors.New("is the address of the operator listener"))
	}
	h.Operator.TLS.check(c, op.Sub("tls"))
	h.Public.TLS.check(c, k.Sub("public").Sub("tls"))
	names, hashes := make(map[string]bool), make(map[TokenHash]bool)
	for i, t := range h.Tokens {
		tk := k.Sub("tokens").Item(i)
		c.name(tk.Sub("name"), t.Name, names)
		switch {
		case c.f.Bad(tk.Sub("hash")): // already reported
		case t.Hash == TokenHash{}:
			c.wrong(tk, conf.Hint("has no hash", "floodmark token new prints one"))
		case hashes[t.Hash]:
			c.wrong(tk.Sub("hash"), errors.New("two tokens have this hash"))
		}
		hashes[t.Hash] = true
		if len(t.Scopes) == 0 {
			c.wrong(tk.Sub("scopes"), conf.Hint("has no scopes", "write scopes: [read]"))
		}
	}
}

func (t TLS) check(c *checker, k conf.Key) {
	if (t.Cert == "") != (t.Key == "") {
		c.wrong(k, errors.New("cert and key must be set together"))
	}
	c.exists(k.Sub("cert"), t.Cert)
	c.exists(k.Sub("key"), t.Key)
}
