package sender

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// Clock is what a server says of its time.
type Clock struct {
	Now   time.Time `json:"now"`
	Speed float64   `json:"speed"` // 1 for real time
	Start time.Time `json:"start"`

	Asked time.Time `json:"-"` // moment that Now belongs to
}

// AskClock asks the server at a base URL such as http://127.0.0.1:8080 for its
// clock (GET /api/v1/clock).
func AskClock(ctx context.Context, base string) (Clock, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	url := strings.TrimRight(base, "/") + "/api/v1/clock"
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return Clock{}, fmt.Errorf("ask %s for its clock: %w", base, err)
	}
	before := time.Now()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return Clock{}, fmt.Errorf("ask %s for its clock: %w", base, err)
	}
	defer resp.Body.Close()
	asked := before.Add(time.Since(before) / 2)
	if resp.StatusCode != http.StatusOK {
		return Clock{}, fmt.Errorf("ask %s for its clock: %s", url, resp.Status)
	}
	var c Clock
	if err := json.NewDecoder(io.LimitReader(resp.Body, 1<<16)).Decode(&c); err != nil {
		return Clock{}, fmt.Errorf("ask %s for its clock: %w", url, err)
	}
	if c.Now.IsZero() || !(c.Speed > 0) {
		return Clock{}, fmt.Errorf("ask %s for its clock: the answer has no time", url)
	}
	c.Asked = asked
	return c, nil
}

// At is the moment that a simulated time falls on.
func (c Clock) At(simulated time.Time) time.Time {
	return c.Asked.Add(time.Duration(float64(simulated.Sub(c.Now)) / c.Speed))
}
