package api

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Token lets somebody use the operator's listener.
type Token struct {
	Name   string
	Hash   [sha256.Size]byte // of the token, which is 256 random bits
	Scopes []Scope
}

// Caller is who sent a request.
type Caller struct {
	Name    string // of the token; "local" where none is configured
	Scopes  []Scope
	Session bool // logged in by a browser
}

// May reports whether the caller has a scope.
func (c Caller) May(s Scope) bool { return includes(c.Scopes, s) }

type callerKey struct{}

// CallerOf returns who sent the request of a context, the zero Caller where
// the route is open to anyone.
func CallerOf(ctx context.Context) Caller {
	c, _ := ctx.Value(callerKey{}).(Caller)
	return c
}

// Auth knows tokens and the browsers that have logged in with one. Its
// sessions end with the process.
type Auth struct {
	now      func() time.Time // real time: sessions do not follow a compressed clock
	tokens   atomic.Pointer[[]Token]
	sessions sessions
	failures failures

	refused atomic.Uint64
}

// NewAuth returns an Auth with these tokens. With none, only this machine may
// use the listener, and may do everything. now is real time; nil is time.Now.
func NewAuth(tokens []Token, now func() time.Time) *Auth {
	if now == nil {
		now = time.Now
	}
	a := &Auth{now: now}
	a.sessions.byID = make(map[[sha256.Size]byte]session)
	a.failures.byPlace = make(map[string]failure)
	a.SetTokens(tokens)
	return a
}

// SetTokens replaces the tokens. Sessions of tokens that are gone end.
func (a *Auth) SetTokens(tokens []Token) { a.tokens.Store(&tokens) }

// open reports that no token is configured.
func (a *Auth) open() bool { return len(*a.tokens.Load()) == 0 }

// AuthStats is what happened at the door since the start.
type AuthStats struct {
	Sessions      int    // of browsers, now
	LoginFailures uint64 // logins with a wrong token
	LoginRefused  uint64 // logins not looked at after too many failures
	Refused       uint64 // requests without a valid token, or without the scope
}

// Stats returns the counters.
func (a *Auth) Stats() AuthStats {
	f, r := a.failures.counts()
	return AuthStats{a.sessions.count(a.now()), f, r, a.refused.Load()}
}

// byHash finds the token with a hash. It looks at all of them, so that the
// time it takes tells nothing.
func (a *Auth) byHash(h [sha256.Size]byte) (Token, bool) {
	var found Token
	ok := false
	for _, t := range *a.tokens.Load() {
		if subtle.ConstantTimeCompare(t.Hash[:], h[:]) == 1 {
			found, ok = t, true
		}
	}
	return found, ok
}

// maxToken bounds what is hashed; tokens have 64 characters or so.
const maxToken = 256

func (a *Auth) byText(token string) (Token, bool) {
	if token == "" || len(token) > maxToken {
		return Token{}, false
	}
	return a.byHash(sha256.Sum256([]byte(token)))
}

// caller tells who sent a request, by its token or its session.
func (a *Auth) caller(r *http.Request) (Caller, bool) {
	if h := r.Header.Get("Authorization"); h != "" {
		scheme, token, _ := strings.Cut(h, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return Caller{}, false
		}
		t, ok := a.byText(strings.TrimSpace(token))
		return Caller{Name: t.Name, Scopes: t.Scopes}, ok
	}
	c, err := r.Cookie(sessionCookie)
	if err != nil {
		return Caller{}, false
	}
	h, ok := a.sessions.find(c.Value, a.now())
	if !ok {
		return Caller{}, false
	}
	t, ok := a.byHash(h)
	return Caller{Name: t.Name, Scopes: t.Scopes, Session: true}, ok
}

const (
	sessionCookie = "floodmark_session"
	sessionLife   = 12 * time.Hour
	maxSessions   = 1024
)

// sessions are kept by the hash of their id, so that looking one up tells
// nothing of others by its time.
type sessions struct {
	mu   sync.Mutex
	byID map[[sha256.Size]byte]session
}

type session struct {
	token   [sha256.Size]byte
	expires time.Time
}

// begin makes a session and returns its id. When there are too many, the one
// that ends next is ended.
func (s *sessions) begin(token [sha256.Size]byte, now time.Time) string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	id := hex.EncodeToString(b[:])
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sweep(now)
	if len(s.byID) >= maxSessions {
		var first [sha256.Size]byte
		var when time.Time
		for k, v := range s.byID {
			if when.IsZero() || v.expires.Before(when) {
				first, when = k, v.expires
			}
		}
		delete(s.byID, first)
	}
	s.byID[sha256.Sum256([]byte(id))] = session{token, now.Add(sessionLife)}
	return id
}

func (s *sessions) sweep(now time.Time) {
	for k, v := range s.byID {
		if !now.Before(v.expires) {
			delete(s.byID, k)
		}
	}
}

func (s *sessions) find(id string, now time.Time) ([sha256.Size]byte, bool) {
	if len(id) != 64 {
		return [sha256.Size]byte{}, false
	}
	k := sha256.Sum256([]byte(id))
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.byID[k]
	return v.token, ok && now.Before(v.expires)
}

func (s *sessions) end(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.byID, sha256.Sum256([]byte(id)))
}

func (s *sessions) count(now time.Time) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sweep(now)
	return len(s.byID)
}
