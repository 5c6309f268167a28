package reporter_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math/bits"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"floodmark/internal/scenario/reporter"
	"floodmark/internal/scenario/simday"
)

// moderation is a server that takes reports and answers by the last octet of the
// reporter's address.
type moderation struct {
	mu    sync.Mutex
	asked map[string]int // posts, by address
	wrong []string
}

const work = 9

func (d *moderation) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	from := r.Header.Get("X-Forwarded-For")
	if r.URL.Path == "/api/v1/challenge" {
		fmt.Fprintf(w, `{"token":"of %s","bits":%d}`, from, work)
		return
	}
	d.asked[from]++
	var s struct{ Service, Component, Kind, Country, Region, Solution string }
	if err := json.NewDecoder(r.Body).Decode(&s); err != nil || s.Service != "a" || s.Kind != "problem" || r.UserAgent() == "" || !strings.HasPrefix(s.Solution, "of "+from+":") {
		d.wrong = append(d.wrong, fmt.Sprintf("%v %+v %v", err, s, r.Header))
	}
	sum := sha256.Sum256([]byte(s.Solution))
	if bits.LeadingZeros16(uint16(sum[0])<<8|uint16(sum[1])) < work {
		d.wrong = append(d.wrong, "not enough work: "+s.Solution)
	}
	again := d.asked[from] > 1
	switch from[strings.LastIndexByte(from, '.')+1:] {
	case "1":
		if !again {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
	case "2":
		w.WriteHeader(http.StatusTooManyRequests)
		return
	case "3":
		if !again {
			w.WriteHeader(http.StatusPreconditionRequired)
			return
		}
	case "4":
		w.WriteHeader(http.StatusUnprocessableEntity)
		return
	case "5":
		panic(http.ErrAbortHandler)
	}
	w.WriteHeader(http.StatusAccepted)
	state := "counted"
	if strings.HasSuffix(from, ".6") {
		state = "duplicate"
	}
	fmt.Fprintf(w, `{"state":%q,"at":"2026-06-15T00:00:00Z"}`, state)
}

func TestEveryAnswerIsCounted(t *testing.T) {
	d := &moderation{asked: map[string]int{}}
	server := httptest.NewServer(d)
	defer server.Close()
	var all []simday.Report
	for i := range 50 {
		all = append(all, simday.Report{At: int64(i), Service: "a", Component: "app", Address: netip.AddrFrom4([4]byte{20, 1, byte(i / 10), byte(i % 10)}), Agent: "Browser/1", Languages: "en"})
	}
	s, err := reporter.Run(context.Background(), slices.Values(all), reporter.Config{To: server.Listener.Addr().String(), Connections: 7})
	if err != nil {
		t.Fatal(err)
	}
	want := reporter.Stats{Sent: 50, Counted: 30, Duplicate: 5, TooMany: 5, Full: 5, Refused: 5, Failed: 5}
	got := s
	got.Proofs, got.Bits, got.WorkTime, got.Latest, got.Complaint = 0, 0, 0, 0, ""
	if got != want || s.Complaint == "" || s.Bits != s.Proofs*work {
		t.Errorf("%+v, want %+v", s, want)
	}
	for _, w := range d.wrong {
		t.Error(w)
	}
}

func TestReportsWaitForTheirTimeAndForNobodyElse(t *testing.T) {
	d := &moderation{asked: map[string]int{}}
	server := httptest.NewServer(d)
	defer server.Close()
	all := []simday.Report{{At: 1, Service: "a", Address: netip.MustParseAddr("20.1.1.7"), Agent: "b"}, {At: 2, Service: "a", Address: netip.MustParseAddr("20.1.2.7"), Agent: "b"}}
	ctx, cancel := context.WithCancel(context.Background())
	due := func(at int64) time.Time {
		if at == 2 {
			cancel() // the second one is never due
			return time.Now().Add(time.Hour)
		}
		return time.Now()
	}
	if _, err := reporter.Run(ctx, slices.Values(all), reporter.Config{To: server.Listener.Addr().String(), Due: due}); err == nil {
		t.Error("an interrupted run says nothing")
	}
	if d.asked["20.1.2.7"] > 0 {
		t.Errorf("%v", d.asked)
	}
	for to, want := range map[string]string{"192.0.2.1:80": "on this machine", "nowhere": "report to nowhere", "127.0.0.1:1": "refused"} {
		if _, err := reporter.Run(context.Background(), slices.Values(all), reporter.Config{To: to}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", to, err)
		}
	}
}
