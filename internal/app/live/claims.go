package live

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"floodmark/internal/app"
	"floodmark/internal/fault"
	"floodmark/internal/journal"
	"floodmark/internal/model"
)

// claims keeps what is said in public of incidents, and what the data said of
// it each time. Any goroutine may use it.
type claims struct {
	journal *journal.Journal

	mu sync.Mutex
	by map[string][]model.EnteredClaim // by incident
}

const (
	mostClaims    = 20  // of an incident
	longestClaim  = 300 // octets of its text, and of its source
	mostChecks    = 50  // of a claim; the oldest but the first go
	claimedAtMost = 2000
)

// claimsKey is a hash, for the names of incidents hold what keys may not.
func claimsKey(id string) string {
	h := sha256.Sum256([]byte(id))
	return "claims/" + hex.EncodeToString(h[:12])
}

// load reads the claims of incidents.
func (c *claims) load(ctx context.Context, ids []string) error {
	c.by = make(map[string][]model.EnteredClaim)
	for _, id := range ids {
		b, err := c.journal.Get(ctx, claimsKey(id))
		if errors.Is(err, journal.ErrNotFound) {
			continue
		}
		var list []model.EnteredClaim
		if err == nil {
			err = json.Unmarshal(b, &list)
		}
		if err != nil {
			return fmt.Errorf("claims about incident %s: %w", id, err)
		}
		c.by[id] = list
	}
	return nil
}

// of returns the claims about an incident, in the order in which they came.
func (c *claims) of(id string) []model.EnteredClaim {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.by[id])
}

// waits reports whether a claim about an incident has not been checked yet.
func (c *claims) waits(id string) bool {
	return slices.ContainsFunc(c.of(id), func(x model.EnteredClaim) bool { return len(x.History) == 0 })
}

// texts returns what they say.
func (c *claims) texts(id string) []string {
	var out []string
	for _, x := range c.of(id) {
		out = append(out, x.Text)
	}
	return out
}

// add keeps a claim; it is durable when it returns nil.
func (c *claims) add(ctx context.Context, id string, x model.EnteredClaim) (model.EnteredClaim, error) {
	for _, s := range []*string{&x.Text, &x.Source} {
		*s = strings.Join(strings.Fields(*s), " ")
		if len(*s) > longestClaim || !utf8.ValidString(*s) {
			return x, &fault.Error{Kind: fault.Invalid, Text: fmt.Sprintf("a claim and its source have at most %d octets of text each", longestClaim)}
		}
	}
	if err := app.CheckClaim(x.Text); err != nil {
		return x, &fault.Error{Kind: fault.Invalid, Text: "this claim cannot be read: " + err.Error(), Hint: "docs/claims.md tells what can be checked"}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	list := c.by[id]
	switch {
	case len(list) >= mostClaims:
		return x, &fault.Error{Kind: fault.Conflict, Text: fmt.Sprintf("this incident has %d claims, no more are taken", mostClaims)}
	case list == nil && len(c.by) >= claimedAtMost:
		return x, &fault.Error{Kind: fault.Conflict, Text: fmt.Sprintf("%d incidents have claims, no more are taken", claimedAtMost)}
	case slices.ContainsFunc(list, func(o model.EnteredClaim) bool { return o.Text == x.Text }):
		return x, &fault.Error{Kind: fault.Conflict, Text: "this claim is there already"}
	}
	x.ID = fmt.Sprintf("c%d", len(list)+1)
	return x, c.put(ctx, id, append(slices.Clone(list), x))
}

// put writes the claims of an incident; the lock is held.
func (c *claims) put(ctx context.Context, id string, list []model.EnteredClaim) error {
	if err := c.journal.Put(ctx, claimsKey(id), encode(list)); err != nil {
		return &fault.Error{Kind: fault.Unavailable, Text: "the journal cannot be written now: " + err.Error()}
	}
	c.by[id] = list
	return nil
}

// checked notes what a document says of the claims about an incident, where
// that is not what was said last.
func (c *claims) checked(id string, now int64, revision uint64, a *model.Analysis) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	list, changed := slices.Clone(c.by[id]), false
	for i := range list {
		check := model.ClaimCheck{At: now, Evidence: revision}
		for _, x := range a.Claims {
			if x.Text == list[i].Text {
				check.Claims = append(check.Claims, x)
			}
		}
		h := list[i].History
		if len(check.Claims) == 0 || len(h) > 0 && sameVerdicts(h[len(h)-1].Claims, check.Claims) {
			continue
		}
		if len(h) >= mostChecks {
			h = slices.Delete(slices.Clone(h), 1, 2)
		}
		list[i].History, changed = append(slices.Clone(h), check), true
	}
	if !changed {
		return nil
	}
	return c.put(context.Background(), id, list)
}

func sameVerdicts(a, b []model.Claim) bool {
	return slices.EqualFunc(a, b, func(x, y model.Claim) bool { return x.Reading == y.Reading && x.Verdict == y.Verdict })
}

// AddClaim takes what is said in public of an incident: see api.Backend.
func (s *Server) AddClaim(ctx context.Context, id string, x model.EnteredClaim) (model.EnteredClaim, error) {
	if _, _, ok := s.incidents.Get(id); !ok {
		return x, &fault.Error{Kind: fault.NotFound, Text: "there is no incident " + id}
	}
	x.At = s.clock.Now()
	if x.Said == 0 {
		x.Said = x.At
	}
	x, err := s.claims.add(ctx, id, x)
	if err == nil {
		s.log.Info("claim", "incident", id, "by", x.By, "text", x.Text)
		s.joint.wakeUp()
	}
	return x, err
}
