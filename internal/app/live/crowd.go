package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"floodmark/internal/act/mail"
	line "floodmark/internal/app/crowd"
	"floodmark/internal/journal"
	"floodmark/internal/model"
	"floodmark/internal/moderation"
	"floodmark/internal/opendata"
	"floodmark/internal/source/report"
)

// crowd is the way of reports in a running server: the intake makes them
// durable and hands them, in the journal's order, to the line; what changes is
// written, and then seen. The intake's writer goroutine does all of it under mu;
// operators' commands and saving take the lock too.
type crowd struct {
	s      *Server
	intake *report.Intake
	dir    string
	dumps  opendata.Dir
	desk   *moderation.Desk
	mail   *mail.Mailer // nil where it is not configured

	mu      sync.Mutex
	line    *line.Line
	seq     uint64 // of the last report heard
	marks   []mark // where the journal was in the last hour
	pending []model.Change
	days    openDays
	shown   int64     // Unix ns of the last views
	learnt  time.Time // when the last row of history came, real time
	waiting chan struct{}

	news  news
	views atomic.Pointer[views]
}

// views are what pages see, made once a second.
type views struct {
	list   []*model.ServiceNow
	bySlug map[string]*model.ServiceNow
	grave  map[string]bool // services whose visitors are asked for less work
}

// mark tells which report was the last at some time.
type mark struct {
	At  int64  `json:"at"` // Unix ns
	Seq uint64 `json:"seq"`
}

const (
	keyMarks    = "report-marks"
	crowdDir    = "crowd"
	crowdState  = "state"
	windowsKept = 65 * time.Minute // a person counts once an hour, over a restart as well
)

// openCrowd builds the line of reports and brings it to where the journal is.
func (s *Server) openCrowd(ctx context.Context) error {
	c := &crowd{s: s, dir: filepath.Join(s.dir.Path(), crowdDir), waiting: make(chan struct{})}
	c.dumps = opendata.Dir(filepath.Join(c.dir, "days"))
	s.crowd = c
	services := s.settings.ServiceList()
	c.line = line.New(line.Config{Services: services, Budget: s.settings.UserReports.FalseAlarmBudget, Similar: c.similar, History: c.history})
	known := make(map[string]*model.Service, len(services))
	for _, x := range services {
		known[x.Slug] = x
	}
	if err := os.MkdirAll(c.dir, 0o700); err != nil {
		return fmt.Errorf("directory of reports: %w", err)
	}
	if err := c.openDesk(ctx, known); err != nil {
		return err
	}
	c.load()
	tick := time.Second
	if !s.clock.System() {
		tick = replayTick
	}
	var err error
	c.intake, err = report.New(ctx, report.Config{Tick: tick, Journal: reportJournal{s.journal}, State: reportState{s.journal}, Now: s.clock.Now, Place: c.place,
		Known: func(slug string) (*model.Service, bool) { x, ok := known[slug]; return x, ok }, Confirmed: c.grave, Sink: c.sink})
	if err != nil {
		return err
	}
	if err := c.replay(ctx); err != nil {
		return err
	}
	c.remindTraffic()
	s.line.services = newServiceFlows(services)
	s.line.tellServices = c.news.tell
	c.show(s.clock.Now())
	c.dump(s.clock.Now())
	return nil
}

// openDesk opens what visitors write, and subscriptions.
func (c *crowd) openDesk(ctx context.Context, known map[string]*model.Service) error {
	var err error
	c.desk, err = moderation.New(ctx, moderation.Config{Store: c.s.journal, Now: c.s.clock.Now, Known: func(slug string) bool { return known[slug] != nil },
		Near: func(a netip.Addr) string { return c.place(a).Country }, Log: c.s.log.With("room", "moderation")})
	m := &c.s.settings.UserReports.Mail
	if err != nil || m.Host == "" {
		return err
	}
	c.mail, err = mail.New(ctx, mail.Config{Host: m.Host, Port: m.Port, Security: mail.Security(m.Security), From: m.From, Username: m.Username,
		Password: m.Password.Reveal(), BaseURL: c.s.settings.UserReports.BaseURL, Store: mailStore{c.s.journal}, Log: c.s.log.With("room", "mail"),
		Name: func(slug string) (string, bool) {
			x, ok := known[slug]
			if !ok {
				return "", false
			}
			return x.Name, true
		}})
	return err
}

func (c *crowd) place(a netip.Addr) model.Place {
	if db := c.s.line.geo.Load(); db != nil && a.IsValid() {
		return db.Lookup(model.AddrFromNetip(a))
	}
	return model.Place{}
}

func (c *crowd) grave(slug string) bool {
	v := c.views.Load()
	return v != nil && v.grave[slug]
}

// load reads what the last run kept. Without it the journal tells all that it
// still has.
func (c *crowd) load() {
	f, err := os.Open(filepath.Join(c.dir, crowdState))
	if errors.Is(err, os.ErrNotExist) {
		return
	}
	if err == nil {
		defer f.Close()
		c.seq, err = c.line.Load(f)
	}
	if err != nil {
		c.s.log.Warn("what was learnt of reports cannot be read; learning anew from the journal", "err", err)
		c.line, c.seq = line.New(line.Config{Services: c.line.Services(), Budget: c.line.Parsed(), Similar: c.similar, History: c.history}), 0
	}
}

// replay hears the reports that the journal has and the line does not, and
// tells the intake who reported in the last hour.
func (c *crowd) replay(ctx context.Context) error {
	from := c.seq
	if b, err := c.s.journal.Get(ctx, keyMarks); err == nil {
		var marks []mark
		if json.Unmarshal(b, &marks) == nil && len(marks) > 0 && c.seq != 0 {
			c.marks, from = marks, min(from, marks[0].Seq)
		}
	} else if !errors.Is(err, journal.ErrNotFound) {
		return err
	}
	after := c.seq
	err := c.s.journal.Read(ctx, journal.Reports, from, func(seq uint64, _ time.Time, data []byte) error {
		return report.ParseBatch(data, func(r *model.Report) error {
			c.intake.Restore(r)
			if seq > after {
				c.pending = append(c.pending, c.line.Advance(r.At)...)
				c.line.Hear(r)
				c.seq = seq
			}
			return nil
		})
	})
	if errors.Is(err, journal.ErrTrimmed) {
		c.s.log.Warn("the journal lacks reports since the last snapshot")
		err = nil
	}
	if err != nil {
		return fmt.Errorf("read reports: %w", err)
	}
	c.line.Skip(c.s.clock.Now())
	// What was told before the crash is not told again.
	kept := c.pending[:0]
	for _, x := range c.pending {
		if now, _, ok := c.s.incidents.Get(x.Incident.ID); !ok || now.Revision < x.Incident.Revision {
			kept = append(kept, x)
		}
	}
	c.pending = kept
	return nil
}

// replayTick is how often the line of reports of a replay looks at its clock, in
// real time: at a thousand times the pace that is every other minute.
const replayTick = 100 * time.Millisecond

// viewEvery is how often pages are shown something new, in real time.
const viewEvery = time.Second

// sink hears durable reports in the journal's order. See report.Config.
func (c *crowd) sink(batch []model.Report, upTo int64, seq uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.news.hear(c.line)
	if time.Since(c.learnt) > learnWait {
		c.pending = append(c.pending, c.line.Advance(upTo)...)
	}
	for i := range batch {
		c.line.Hear(&batch[i])
	}
	if seq != 0 {
		c.seq = seq
	}
	for slug, n := range c.intake.Refused() {
		c.line.Refuse(slug, upTo, n)
	}
	c.tell()
	if now := time.Now().UnixNano(); now-c.shown >= int64(viewEvery)*9/10 {
		c.shown = now
		c.show(upTo)
		c.dump(upTo)
	}
}

// tell writes what changed and then has everybody see it. Where the journal
// cannot be written it is tried again, and nothing takes effect until then.
func (c *crowd) tell() {
	if len(c.pending) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := c.s.engine.Write(ctx, c.pending); err == nil {
		c.pending = nil
	}
}

// show makes what pages see.
func (c *crowd) show(now int64) {
	list := c.line.Views(now)
	v := &views{list: list, bySlug: make(map[string]*model.ServiceNow, len(list)), grave: make(map[string]bool)}
	old := c.views.Load()
	changed := old == nil
	for i, x := range list {
		v.bySlug[x.Service.Slug] = x
		changed = changed || old.list[i] != x
		if c.line.Grave(x.Service.Slug) {
			v.grave[x.Service.Slug] = true
		}
	}
	c.views.Store(v)
	if changed {
		close(c.waiting)
		c.waiting = make(chan struct{})
	}
}

// command does what an operator asks.
func (c *crowd) command(cmd model.Command) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	changes, err := c.line.Command(cmd)
	if err != nil {
		return conflict(err)
	}
	c.pending = append(c.pending, changes...)
	c.tell()
	c.show(c.s.clock.Now())
	if len(c.pending) > 0 {
		return unavailable()
	}
	return nil
}

// save keeps the line, so that a start has few reports to hear again.
func (c *crowd) save() {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.s.clock.Now()
	if len(c.pending) > 0 {
		return // a start would not tell them again
	}
	if err := c.write(); err != nil {
		c.s.log.Warn("what was learnt of reports was not kept", "err", err)
		return
	}
	c.marks = append(c.marks, mark{now, c.seq})
	for len(c.marks) > 1 && now-c.marks[1].At > int64(windowsKept) {
		c.marks = c.marks[1:]
	}
	if err := c.s.journal.Put(context.Background(), keyMarks, encode(c.marks)); err != nil {
		c.s.log.Warn("the place in the journal of reports was not kept", "err", err)
	}
}

func (c *crowd) write() error {
	f, err := os.CreateTemp(c.dir, crowdState+".*.part")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	err = c.line.Save(f, c.seq)
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(c.dir, crowdState))
	}
	return err
}
