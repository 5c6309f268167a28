package investigator

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
	"floodmark/internal/journal"
	"floodmark/internal/model"
)

// What callers branch on, besides the words of the error.
var (
	ErrInvalidClaim = errors.New("invalid claim")   // it can never be taken
	ErrClaimLimit   = errors.New("claim not taken") // there are too many, or it is there already
	ErrUnavailable  = errors.New("the journal cannot be written now")
)

// Claims keeps what is stated in public about incidents, and what the data said of
// it each time. Run writes; any goroutine reads, and never waits for the disk.
type Claims struct {
	journal  Journal
	requests chan claimRequest

	mu sync.RWMutex                    // guards by
	by map[string][]model.EnteredClaim // by incident; lists are replaced, not changed
}

// claimRequest asks the writer for one of two things.
type claimRequest struct {
	add   *claimAdd
	check *claimCheck
	done  chan error
}

// claimAdd is a new claim, whose ID is set when it is taken.
type claimAdd struct {
	incident string
	claim    model.EnteredClaim
}

// claimCheck is what a document says of the claims about an incident.
type claimCheck struct {
	incident string
	now      int64 // Unix ns
	revision uint64
	analysis *model.Analysis
}

const (
	maxClaims          = 20  // of an incident
	maxClaimBytes      = 300 // of its text, and of its source
	maxChecks          = 50  // of a claim; the oldest but the first go
	maxClaimedIncident = 2000
)

// claimsKey is a hash, for the names of incidents hold what keys may not.
func claimsKey(id string) string {
	h := sha256.Sum256([]byte(id))
	return "claims/" + hex.EncodeToString(h[:12])
}

// openClaims reads the claims of incidents.
func openClaims(ctx context.Context, j Journal, ids []string) (*Claims, error) {
	c := &Claims{journal: j, requests: make(chan claimRequest), by: make(map[string][]model.EnteredClaim)}
	for _, id := range ids {
		b, err := j.Get(ctx, claimsKey(id))
		if errors.Is(err, journal.ErrNotFound) {
			continue
		}
		var list []model.EnteredClaim
		if err == nil {
			err = json.Unmarshal(b, &list)
		}
		if err != nil {
			return nil, fmt.Errorf("claims about incident %s: %w", id, err)
		}
		c.by[id] = list
	}
	return c, nil
}

// run writes until ctx is done.
func (c *Claims) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case r := <-c.requests:
			if r.add != nil {
				r.done <- c.write(ctx, r.add)
			} else {
				r.done <- c.writeCheck(ctx, r.check)
			}
		}
	}
}

// ask has the writer do something and waits for it.
func (c *Claims) ask(ctx context.Context, r claimRequest) error {
	r.done = make(chan error, 1)
	select {
	case c.requests <- r:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-r.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Of returns the claims about an incident, in the order in which they came.
func (c *Claims) Of(id string) []model.EnteredClaim {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return slices.Clone(c.by[id])
}

// waits reports whether a claim about an incident has not been checked yet.
func (c *Claims) waits(id string) bool {
	return slices.ContainsFunc(c.Of(id), func(x model.EnteredClaim) bool { return len(x.History) == 0 })
}

// texts returns their wording.
func (c *Claims) texts(id string) []string {
	var out []string
	for _, x := range c.Of(id) {
		out = append(out, x.Text)
	}
	return out
}

// add keeps a claim; it is durable when the error is nil.
func (c *Claims) add(ctx context.Context, id string, x model.EnteredClaim) (model.EnteredClaim, error) {
	for _, s := range []*string{&x.Text, &x.Source} {
		*s = strings.Join(strings.Fields(*s), " ")
		if len(*s) > maxClaimBytes || !utf8.ValidString(*s) {
			return x, fmt.Errorf("%w: a claim and its source have at most %d bytes of text each", ErrInvalidClaim, maxClaimBytes)
		}
	}
	if err := app.CheckClaim(x.Text); err != nil {
		return x, fmt.Errorf("%w: it cannot be read: %w", ErrInvalidClaim, err)
	}
	a := &claimAdd{incident: id, claim: x}
	err := c.ask(ctx, claimRequest{add: a})
	return a.claim, err
}

// check notes what a document says of the claims about an incident, where that is
// not what was said last.
func (c *Claims) check(ctx context.Context, x claimCheck) error {
	if len(c.Of(x.incident)) == 0 {
		return nil
	}
	return c.ask(ctx, claimRequest{check: &x})
}

// write keeps a claim; it belongs to run.
func (c *Claims) write(ctx context.Context, a *claimAdd) error {
	list := c.Of(a.incident)
	switch {
	case len(list) >= maxClaims:
		return fmt.Errorf("%w: this incident has %d claims, no more are taken", ErrClaimLimit, maxClaims)
	case list == nil && c.incidents() >= maxClaimedIncident:
		return fmt.Errorf("%w: %d incidents have claims, no more are taken", ErrClaimLimit, maxClaimedIncident)
	case slices.ContainsFunc(list, func(o model.EnteredClaim) bool { return o.Text == a.claim.Text }):
		return fmt.Errorf("%w: this claim is there already", ErrClaimLimit)
	}
	a.claim.ID = fmt.Sprintf("c%d", len(list)+1)
	return c.put(ctx, a.incident, append(list, a.claim))
}

func (c *Claims) incidents() int {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return len(c.by)
}

// writeCheck adds to the history of claims; it belongs to run.
func (c *Claims) writeCheck(ctx context.Context, x *claimCheck) error {
	list, changed := c.Of(x.incident), false
	for i := range list {
		check := model.ClaimCheck{At: x.now, Evidence: x.revision}
		for _, o := range x.analysis.Claims {
			if o.Text == list[i].Text {
				check.Claims = append(check.Claims, o)
			}
		}
		h := list[i].History
		if len(check.Claims) == 0 || len(h) > 0 && sameVerdicts(h[len(h)-1].Claims, check.Claims) {
			continue
		}
		if len(h) >= maxChecks {
			h = slices.Delete(slices.Clone(h), 1, 2)
		}
		list[i].History, changed = append(slices.Clone(h), check), true
	}
	if !changed {
		return nil
	}
	return c.put(ctx, x.incident, list)
}

// put writes the claims of an incident, and then has everybody see them.
func (c *Claims) put(ctx context.Context, id string, list []model.EnteredClaim) error {
	b, err := json.Marshal(list)
	if err == nil {
		err = c.journal.Put(ctx, claimsKey(id), b)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.by[id] = list
	return nil
}

func sameVerdicts(a, b []model.Claim) bool {
	return slices.EqualFunc(a, b, func(x, y model.Claim) bool { return x.Reading == y.Reading && x.Verdict == y.Verdict })
}
