package report

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"floodmark/internal/fault"
	"floodmark/internal/model"
)

func TestWhatIsSaidIsReadOrRefused(t *testing.T) {
	b := newBench(t, newState())
	b.run()
	for name, c := range map[string]struct {
		change  func(*model.Submission)
		want    string
		country string
		region  string
		text    string
	}{
		"plain, mobile":           {func(*model.Submission) {}, "counted", "DE", "", ""},
		"broadband":               {func(s *model.Submission) { s.Address = netip.MustParseAddr("100.64.0.1") }, "counted", "FR", "", ""},
		"IPv6":                    {func(s *model.Submission) { s.Address = netip.MustParseAddr("2001:db8::1") }, "counted", "MX", "", ""},
		"IPv4 in IPv6":            {func(s *model.Submission) { s.Address = netip.MustParseAddr("::ffff:100.64.0.2") }, "counted", "FR", "", ""},
		"a VPN says no place":     {func(s *model.Submission) { s.Address = netip.MustParseAddr("30.0.0.1") }, "counted", "", "", ""},
		"disputed":                {func(s *model.Submission) { s.Address = netip.MustParseAddr("40.0.0.1") }, "counted", "", "", ""},
		"unknown address":         {func(s *model.Submission) { s.Address = netip.MustParseAddr("9.0.0.1") }, "counted", "", "", ""},
		"says country and region": {func(s *model.Submission) { s.Country, s.Region = "us", "ca" }, "counted", "US", "CA", ""},
		"region of the address":   {func(s *model.Submission) { s.Region = "BY" }, "counted", "DE", "BY", ""},
		"region with country":     {func(s *model.Submission) { s.Region = "AT-9" }, "invalid", "", "", ""},
		"region of no country":    {func(s *model.Submission) { s.Region, s.Address = "CA", netip.MustParseAddr("30.0.1.1") }, "counted", "", "", ""},
		"whole region":            {func(s *model.Submission) { s.Region, s.Address = "US-NY", netip.MustParseAddr("30.0.2.1") }, "counted", "US", "NY", ""},
		"no such country":         {func(s *model.Submission) { s.Country = "QZ" }, "invalid", "", "", ""},
		"country in words":        {func(s *model.Submission) { s.Country = "Germany" }, "invalid", "", "", ""},
		"region of script":        {func(s *model.Submission) { s.Region = "<b>" }, "invalid", "", "", ""},
		"component":               {func(s *model.Submission) { s.Component = "login" }, "counted", "DE", "", ""},
		"no such component":       {func(s *model.Submission) { s.Component = "logon" }, "invalid", "", "", ""},
		"no such service":         {func(s *model.Submission) { s.Service = "gamma" }, "unknown", "", "", ""},
		"no address":              {func(s *model.Submission) { s.Address = netip.Addr{} }, "invalid", "", "", ""},
		"no such kind":            {func(s *model.Submission) { s.Kind = 7 }, "invalid", "", "", ""},
		"text":                    {func(s *model.Submission) { s.Text = " no\x00 \u202elogin\r\n\there\xff " }, "counted", "DE", "", "no login here"},
		"joined text":             {func(s *model.Submission) { s.Text = "👨‍👩‍👧 نمی\u200cشود" }, "counted", "DE", "", "👨‍👩‍👧 نمی\u200cشود"},
		"script is only text":     {func(s *model.Submission) { s.Text = "<script>alert(1)</script>" }, "counted", "DE", "", "<script>alert(1)</script>"},
		"longest text":            {func(s *model.Submission) { s.Text = strings.Repeat("é", 280) }, "counted", "DE", "", strings.Repeat("é", 280)},
		"too long a text":         {func(s *model.Submission) { s.Text = strings.Repeat("é", 281) }, "invalid", "", "", ""},
		"far too long a text":     {func(s *model.Submission) { s.Text = strings.Repeat(" ", 1<<20) }, "invalid", "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := from("10.0.0.1")
			s.Agent = name // another person
			c.change(&s)
			if ch, err := b.Challenge(s.Service, s); err == nil {
				s.Solution = solve(ch)
			}
			if got := b.submit(s); got != c.want {
				t.Fatalf("%s, want %s", got, c.want)
			}
			if c.want != "counted" {
				return
			}
			list := b.j.all(t)
			r := list[len(list)-1]
			country := ""
			if r.Country != 0 {
				country = r.Country.String()
			}
			if diff := cmp.Diff([]string{c.country, c.region, c.text, s.Component}, []string{country, r.Region, r.Text, r.Component}); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Nothing that is kept may lead back to an address while the salt is unknown;
// not even the address itself in another form.
func TestNoAddressIsKeptOrSaid(t *testing.T) {
	b := newBench(t, newState())
	b.run()
	for _, text := range []string{"100.64.201.77", "2001:db8:1a2b:3c4d:5e6f:7081:92a3:b4c5"} {
		s := from(text)
		b.want("counted", b.proved(s))
		_, err := b.Submit(t.Context(), s)
		a := netip.MustParseAddr(text)
		prefix, _ := a.Prefix(map[bool]int{true: 24, false: 56}[a.Is4()])
		for _, e := range b.j.entries {
			for what, octets := range map[string]string{"address": string(a.AsSlice()), "prefix": string(prefix.Addr().AsSlice()[:prefix.Bits()/8]), "text": text} {
				if strings.Contains(string(e), octets) {
					t.Errorf("the %s %s is kept", what, text)
				}
			}
		}
		for _, e := range []error{err, errWork, errMany, full(0), errUnknown, errAddress} {
			if e != nil && strings.Contains(e.Error(), text) {
				t.Errorf("an error says %q", e)
			}
		}
	}
}

func TestAPersonCountsOnceInAWindow(t *testing.T) {
	b := newBench(t, newState())
	b.run()
	s := from("100.64.0.1")
	b.want("work", s)
	first := b.proved(s)
	b.want("counted", first)
	b.want("duplicate", first) // sent once more, as browsers do
	b.want("duplicate", s)
	b.want("duplicate", b.proved(s))
	works := s
	works.Kind = model.Works
	b.want("counted", b.proved(works))
	b.want("duplicate", works)
	other := s
	other.Service = "beta"
	b.want("counted", b.proved(other))
	another := s
	another.Agent = "Browser/2"
	b.want("counted", b.proved(another))
	six := from("2001:db8::1")
	b.want("counted", b.proved(six))
	six = from("2001:db8::2") // the same household, or the same device a day later
	b.want("duplicate", b.proved(six))
	b.time.Add(window - 1)
	b.want("duplicate", s)
	b.time.Add(2e9)
	b.want("counted", b.proved(s))
	if n := len(b.j.all(t)); n != 6 {
		t.Errorf("%d reports are kept, want 6", n)
	}
	if st := b.Stats(); st.Counted != 6 || st.Works != 1 || st.Duplicates != 6 || st.WorkNeeded != 1 || st.Submitted != 13 {
		t.Errorf("%+v", st)
	}
}

func TestPeopleAreKnownOverARestart(t *testing.T) {
	state := newState()
	b := newBench(t, state)
	stop := b.run()
	s, far := from("100.64.0.1"), from("20.0.0.1")
	spent := b.proved(s)
	b.want("counted", spent)
	for i := range machines.prefix {
		far.Agent = fmt.Sprint(i)
		b.want("counted", b.proved(far))
	}
	stop()
	b.time.Add(-int64(time.Hour)) // a clock that was set back meanwhile
	b.open()
	for _, r := range b.j.all(t) {
		b.Restore(&r)
	}
	b.run()
	b.want("duplicate", s)
	far.Agent = "one more"
	b.want("suppressed", b.proved(far))
	other := s
	other.Agent, other.Solution = "Browser/2", spent.Solution
	b.want("work", other) // a token of the last run
	all := b.j.all(t)
	for i := range all[1:] {
		if all[i+1].At < all[i].At {
			t.Fatalf("report %d of %d comes after one of %d", i+1, all[i+1].At, all[i].At)
		}
	}
}

func TestAnswersOnlyWhatIsDurable(t *testing.T) {
	b := newBench(t, newState())
	b.j.hold, b.j.holding = make(chan struct{}), make(chan struct{})
	b.run()
	s := b.proved(from("100.64.0.1"))
	var wg sync.WaitGroup
	answers := make(chan string, 3)
	wg.Go(func() { answers <- b.submit(s) })
	<-b.j.holding
	wg.Go(func() { answers <- b.submit(s) }) // a second tap
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.Submit(ctx, s); !errors.Is(err, context.Canceled) {
		t.Errorf("who gave up got %v", err)
	}
	select {
	case a := <-answers:
		t.Errorf("%s, before it was durable", a)
	default:
	}
	if len(b.heard) != 0 {
		t.Error("the sink heard of it before it was durable")
	}
	close(b.j.hold)
	b.j.holding = nil
	wg.Wait()
	got := map[string]int{<-answers: 1}
	got[<-answers]++
	if diff := cmp.Diff(map[string]int{"counted": 1, "duplicate": 1}, got); diff != "" {
		t.Error(diff)
	}
	if len(b.j.all(t)) != 1 || len(b.heard) != 1 {
		t.Errorf("%d are kept, %d were told", len(b.j.all(t)), len(b.heard))
	}
}

func TestWhatIsRefusedIsNotKeptAndMayComeAgain(t *testing.T) {
	for name, c := range map[string]struct {
		err   error
		after time.Duration
	}{
		"full": {ErrFull, afterDisk}, "down": {ErrDown, afterDown}, "other": {errors.New("no idea"), afterDown},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, newState())
			b.j.failing(c.err)
			b.run()
			s := b.proved(from("20.0.0.1"))
			_, err := b.Submit(t.Context(), s)
			var e *fault.Error
			if !errors.As(err, &e) || e.Kind != fault.Unavailable || e.RetryAfter != c.after {
				t.Fatalf("%#v", err)
			}
			b.want("full", s)
			works := b.proved(s)
			works.Kind = model.Works
			b.want("full", works)
			if len(b.heard) != 0 {
				t.Error("the sink heard of it")
			}
			b.j.failing(nil)
			b.want("counted", s) // with the same proof
			for i := range machines.prefix - 1 {
				s.Agent = fmt.Sprint(i)
				b.want("counted", b.proved(s))
			}
			s.Agent = "over"
			b.want("suppressed", b.proved(s)) // what was refused took nothing of the limit
			if diff := cmp.Diff(map[string]uint32{"alpha": 1}, b.Refused()); diff != "" {
				t.Error(diff)
			}
			if b.Refused() != nil {
				t.Error("refusals are told twice")
			}
			st := b.Stats()
			if disk := st.DiskFull; st.Refused() != 3 || (disk == 3) != errors.Is(c.err, ErrFull) || st.QueueFull != 0 || st.Kept() != uint64(machines.prefix)+1 || st.Write.Count < 4 {
				t.Errorf("%+v", st)
			}
		})
	}
}

func TestAFullQueueRefusesAndLosesNothing(t *testing.T) {
	b := newBench(t, newState()) // nobody writes yet
	b.queue = make(chan *ticket, 3)
	var wg sync.WaitGroup
	answers := make(chan string, 5)
	for i := range 5 {
		s := b.proved(from(fmt.Sprintf("100.64.%d.1", i)))
		wg.Go(func() { answers <- b.submit(s) })
	}
	refused := []string{<-answers, <-answers}
	b.run()
	wg.Wait()
	if diff := cmp.Diff([]string{"full", "full"}, refused); diff != "" {
		t.Error(diff)
	}
	for range 3 {
		if a := <-answers; a != "counted" {
			t.Error(a)
		}
	}
	if n := len(b.j.all(t)); n != 3 {
		t.Errorf("%d are kept", n)
	}
	if st := b.Stats(); st.QueueFull != 2 || st.Refused() != 2 || st.Room != 3 {
		t.Errorf("%+v", st)
	}
	if diff := cmp.Diff(map[string]uint32{"alpha": 2}, b.Refused()); diff != "" {
		t.Error(diff)
	}
}

func TestAfterTheEndEverythingIsRefused(t *testing.T) {
	b := newBench(t, newState())
	waiting := make(chan string)
	s := b.proved(from("100.64.0.1"))
	go func() { waiting <- b.submit(s) }()
	for b.Stats().Waiting == 0 {
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	b.j.fail = errors.New("it was written after the end") // or before: both may be
	b.Run(ctx)
	if got := <-waiting; got != "full" {
		t.Error(got)
	}
	b.want("full", s)
	if st := b.Stats(); st.Down != 2 || st.Refused() != 2 {
		t.Errorf("%+v", st)
	}
}

// Many talk at once while the clock jumps back and forth; the sink's promises
// are checked by it.
func TestOrderAndPromiseWithManyAtOnce(t *testing.T) {
	b := newBench(t, newState())
	stop := b.run()
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := range 200 {
				b.time.Add(int64(time.Second) * int64(w%4*2-3)) // half of them turn it back
				if got := b.submit(b.proved(from(fmt.Sprintf("100.%d.%d.1", 64+w, i)))); got != "counted" {
					t.Error(got)
				}
			}
		})
	}
	wg.Wait()
	<-b.ticks
	<-b.ticks // one at least was an empty batch, or there were two
	stop()
	if diff := cmp.Diff(b.j.all(t), b.heard); diff != "" {
		t.Error(diff)
	}
	if len(b.heard) != 8*200 {
		t.Errorf("%d were told", len(b.heard))
	}
}
