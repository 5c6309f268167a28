package live

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"floodmark/internal/app"
	"floodmark/internal/clock"
	"floodmark/internal/evidence/firstlook"
	"floodmark/internal/geo"
	"floodmark/internal/model"
	"floodmark/internal/report/seal"
	"floodmark/internal/telemetry/histogram"
)

// examiner owns the workers that look at records of incidents: a first look
// within milliseconds, full documents while it lasts. Their findings come back
// to the judge as inputs.
type examiner struct {
	log      *slog.Logger
	clock    *clock.Clock
	version  string
	dir      string // of the documents
	captures *captures
	gather   func(since int64, match func(*model.Record) bool) []model.Record // from the readers' rings
	rates    func(t model.TargetID) (in, out model.Rates)
	scope    func(t model.TargetID) ([]netip.Prefix, uint16) // of a customer: prefixes and number
	allowed  func() []netip.Prefix
	geo      func() *geo.DB
	lost     func() uint64
	claimed  func(id string) []string // claims about an incident
	checked  func(id string, revision uint64, a *model.Analysis) error
	// synthetic tells that all traffic is of a scenario.
	synthetic bool
	tell      func(model.Findings)

	mu     sync.Mutex
	under  map[string]*examination
	looks  chan look
	jobs   chan string
	done   atomic.Uint64
	full   atomic.Uint64 // jobs that found the queue full
	failed atomic.Uint64
	busy   atomic.Int32         // workers with a job
	took   *histogram.Histogram // seconds of a job
}

// examination is what is known of one incident's evidence.
type examination struct {
	incident model.Incident
	started  int64 // ns, when it was first asked for
	revision uint64
	next     int // index in schedule
	busy     bool
	last     bool  // it has closed: one more document, then it is let go
	looked   int64 // when it was last looked at while it is suspected
	until    int64 // dismissed: examined on so long, in case it turns into something else
}

// look asks for a first look.
type look struct {
	incident model.Incident
	anomaly  model.Anomaly
}

// schedule tells how long after it was noticed an incident is examined anew;
// afterwards every examineEvery.
var schedule = []time.Duration{time.Second, 3 * time.Second, 10 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute}

const (
	examineEvery   = 5 * time.Minute
	reachBack      = 60 * time.Second // before the start, from the readers' rings
	lookBack       = 10 * time.Second
	lookEvery      = 2 * time.Second
	afterDismissal = 2 * time.Minute
	looksQueued    = 256
	jobsQueued     = 256
	examinations   = 1024
	smallestSample = 5 // records below which nothing is worth saying
)

func newExaminer(log *slog.Logger) *examiner {
	return &examiner{log: log, claimed: func(string) []string { return nil }, checked: func(string, uint64, *model.Analysis) error { return nil }, under: make(map[string]*examination), looks: make(chan look, looksQueued), jobs: make(chan string, jobsQueued)}
}

// run works until ctx is done.
func (e *examiner) run(ctx context.Context) {
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case l := <-e.looks:
				e.firstLook(l)
			case <-ctx.Done():
				return
			}
		}
	})
	wg.Go(func() {
		for {
			select {
			case id := <-e.jobs:
				e.examine(ctx, id)
			case <-ctx.Done():
				return
			}
		}
	})
	for clock.Sleep(ctx, e.clock.Real(250*time.Millisecond)) {
		e.plan()
	}
	wg.Wait()
}

// follow is told of changes after they are safe.
func (e *examiner) follow(c *model.Change) {
	in := c.Incident
	e.mu.Lock()
	defer e.mu.Unlock()
	x := e.under[in.ID]
	if x == nil {
		if in.State == model.Closed || len(e.under) >= examinations {
			return
		}
		x = &examination{started: e.clock.Now(), revision: in.Evidence}
		e.under[in.ID] = x
		_, customer := e.scope(in.Target)
		e.captures.start(in.ID, in.Target, in.Direction, customer, x.started)
		e.lookAt(x, in)
	}
	x.incident = in
	switch {
	case in.State != model.Closed || x.last:
	case c.Type == model.Dismissed:
		x.until = e.clock.Now() + int64(afterDismissal)
	default:
		x.last = true
		e.submit(in.ID, x)
	}
}

// lookAt asks for a first look.
func (e *examiner) lookAt(x *examination, in model.Incident) {
	x.looked = e.clock.Now()
	select {
	case e.looks <- look{in, anomalyOf(&in)}:
	default:
		e.full.Add(1)
	}
}

// anomalyOf gives the anomaly that an incident stands for now: of its excesses
// the one that is furthest out.
func anomalyOf(in *model.Incident) model.Anomaly {
	a := model.Anomaly{Target: in.Target, Direction: in.Direction, Group: in.Group, Rates: in.Rates, At: in.Noticed, Since: in.Started, Sampling: 1}
	best := -1.0
	for _, x := range in.Excesses {
		if ratio := x.Peak / max(x.Bound, 1e-9); ratio > best {
			best = ratio
			a.Kind, a.Metric, a.Bound, a.Rate = x.Kind, x.Metric, x.Bound, x.Peak
		}
	}
	return a
}

// plan submits what is due.
func (e *examiner) plan() {
	now := e.clock.Now()
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, id := range sortedKeys(e.under) { // the same order each time a recording is replayed
		x := e.under[id]
		if x.incident.State == model.Suspected && now-x.looked >= int64(lookEvery) {
			e.lookAt(x, x.incident) // a hold must be renewed
		}
		if x.until != 0 && now > x.until && !x.last {
			x.last = true
			if !x.busy {
				e.submit(id, x)
			}
		}
		if x.busy || x.last {
			continue
		}
		due := examineEvery * time.Duration(x.next-len(schedule)+1)
		if x.next < len(schedule) {
			due = schedule[x.next]
		}
		if now-x.started >= int64(due) {
			x.next++
			e.submit(id, x)
		}
	}
}

// submit queues a full examination; what finds the queue full is due again
// later.
func (e *examiner) submit(id string, x *examination) {
	select {
	case e.jobs <- id:
		x.busy = true
	default:
		e.full.Add(1)
	}
}

// firstLook says whether to wait.
func (e *examiner) firstLook(l look) {
	now := e.clock.Now()
	in := &l.incident
	prefixes, _ := e.scope(in.Target)
	var records []model.Record
	var there, back model.Rates
	since := max(l.anomaly.Since, now-int64(lookBack))
	all := e.gather(now-int64(lookBack), func(r *model.Record) bool {
		towards, from := inside(in.Target, prefixes, r)
		return towards || from
	})
	for i := range all {
		r := &all[i]
		towards, from := inside(in.Target, prefixes, r)
		if in.Direction == model.Out {
			towards, from = from, towards
		}
		if towards {
			records = append(records, *r)
		}
		if towards && r.Last >= since {
			addRates(&there, r)
		}
		if from && r.Last >= since {
			addRates(&back, r)
		}
	}
	slices.Reverse(records) // the latest tell most
	// What comes and what goes back are compared over the same time: smoothed
	// rates of traffic that has just begun are still too low.
	if there[model.Packets] > 0 {
		l.anomaly.Rates = there
	} else if rateIn, rateOut := e.rates(in.Target); in.Direction == model.Out {
		back = rateIn
	} else {
		back = rateOut
	}
	e.tell(firstlook.Judge(&firstlook.Look{Incident: in.ID, Now: now, Anomaly: l.anomaly, Records: records, Back: back, Allowed: e.allowed()}))
}

// addRates adds a record to what a first look compares by. Only ratios of the
// sums are asked for, so nothing is divided by time.
func addRates(to *model.Rates, r *model.Record) {
	n := float64(r.Packets) * float64(max(r.Sampling, 1))
	to[model.Packets] += n
	to[model.Bits] += 8 * float64(r.Bytes) * float64(max(r.Sampling, 1))
	switch r.Proto {
	case model.ProtoTCP:
		to[model.TCPPackets] += n
	case model.ProtoUDP:
		to[model.UDPPackets] += n
	case model.ProtoICMP, model.ProtoICMPv6:
		to[model.ICMPPackets] += n
	}
}

// examine makes one document of an incident and tells the judge its short form.
func (e *examiner) examine(ctx context.Context, id string) {
	e.mu.Lock()
	x := e.under[id]
	if x == nil {
		e.mu.Unlock()
		return
	}
	in, started, revision, last := x.incident, x.started, x.revision+1, x.last
	e.mu.Unlock()

	e.busy.Add(1)
	began := time.Now()
	a, n, err := e.document(ctx, &in, started, revision)
	e.took.Since(began)
	e.busy.Add(-1)
	switch {
	case err != nil && ctx.Err() == nil:
		e.failed.Add(1)
		e.log.Warn("evidence could not be put together", "incident", id, "err", err)
	case a != nil:
		e.done.Add(1)
		e.tell(shortForm(&in, a, revision, n, e.clock.Now()))
	}
	e.mu.Lock()
	x.busy = false
	if a != nil {
		x.revision = revision
	}
	again := x.last && !last // it closed meanwhile
	if x.last && last {
		delete(e.under, id)
		e.captures.stop(id)
	}
	if again {
		e.submit(id, x)
	}
	e.mu.Unlock()
}

// document gathers records, examines them and keeps the document.
func (e *examiner) document(ctx context.Context, in *model.Incident, started int64, revision uint64) (*model.Analysis, int, error) {
	prefixes, _ := e.scope(in.Target)
	if in.Target.Kind <= model.PrefixTarget {
		prefixes = []netip.Prefix{in.Target.Prefix()}
	}
	var records []model.Record
	if c := e.captures.of(in.ID); c != nil {
		started = c.since
		records = c.records(0)
	}
	before := e.gather(in.Started-int64(reachBack), func(r *model.Record) bool {
		towards, from := inside(in.Target, prefixes, r)
		return (towards || from) && (records == nil || r.Last < started)
	})
	records = append(before, records...)
	if in.Direction == model.Out { // what the target gets meanwhile is another story
		records = slices.DeleteFunc(records, func(r model.Record) bool {
			_, from := inside(in.Target, prefixes, &r)
			return !from
		})
	}
	sortByTime(records)
	if len(records) < smallestSample {
		return nil, 0, nil
	}
	target := prefixes
	if in.Direction == model.Out || len(prefixes) > 1 {
		target = nil // found among what the records hold: the outbound attack's target is a stranger
	}
	a, err := app.Examine(ctx, &app.Sample{Name: fmt.Sprintf("%s, samples of revision %d", in.ID, revision), Records: records, Target: target,
		Lost: e.lost(), Version: e.version, Claims: e.claimed(in.ID), Synthetic: e.synthetic}, e.geo())
	if err != nil || a == nil {
		return nil, 0, err
	}
	if err := e.write(in.ID, revision, a); err != nil || e.dir == "" {
		return a, len(records), err
	}
	if err := e.checked(in.ID, revision, a); err != nil {
		e.log.Warn("what became of claims was not kept", "incident", in.ID, "err", err)
	}
	return a, len(records), e.keepRecords(in.ID, records)
}

// write seals a document and keeps it as a file, the latest few of each
// incident; nowhere without a directory.
func (e *examiner) write(id string, revision uint64, a *model.Analysis) error {
	if e.dir == "" {
		return nil
	}
	b, err := seal.Seal(a, seedOf(), nil)
	if err != nil {
		return err
	}
	dir := filepath.Join(e.dir, id)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("write evidence: %w", err)
	}
	if err := writeFile(documentPath(e.dir, id, revision), b); err != nil {
		return fmt.Errorf("write evidence: %w", err)
	}
	if revision > keptDocuments+1 { // the first stays: what was known at the beginning
		os.Remove(documentPath(e.dir, id, revision-keptDocuments))
	}
	return nil
}

const keptDocuments = 4

func documentPath(dir, id string, revision uint64) string {
	return filepath.Join(dir, id, fmt.Sprintf("%06d.json", revision))
}

// read returns a document, the latest for revision 0; false where there is none.
func readDocument(dir, id string, revision uint64) ([]byte, bool) {
	if strings.ContainsAny(id, "/\\") || strings.HasPrefix(id, ".") || id == "" {
		return nil, false
	}
	if revision == 0 {
		names, err := filepath.Glob(filepath.Join(dir, id, "*.json"))
		if err != nil || len(names) == 0 {
			return nil, false
		}
		b, err := os.ReadFile(slices.Max(names))
		return b, err == nil
	}
	b, err := os.ReadFile(documentPath(dir, id, revision))
	return b, err == nil
}

// shortForm is what the judge needs of a document.
func shortForm(in *model.Incident, a *model.Analysis, revision uint64, records int, now int64) model.Findings {
	f := model.Findings{Incident: in.ID, Revision: revision, At: now, Presence: a.Attack, Spoofing: a.Spoofing.Verdict,
		Sources: a.Totals.Sources.Observed, Samples: uint64(records)}
	if len(a.AttackReasons) > 0 {
		f.Because = a.AttackReasons[0].Text
	}
	for _, v := range a.Vectors {
		f.Vectors = append(f.Vectors, model.Weight{Value: v.Name, Packets: v.Packets, Bytes: v.Bytes, Share: v.SharePackets.Value})
	}
	for _, c := range a.Countries[:min(len(a.Countries), 10)] {
		f.Countries = append(f.Countries, model.Weight{Value: c.Code, Packets: c.Packets, Bytes: c.Bytes, Share: c.Share.Value})
	}
	for _, n := range a.Networks[:min(len(a.Networks), 10)] {
		f.Networks = append(f.Networks, model.Weight{Value: fmt.Sprintf("AS%d %s", n.ASN, n.Name), Packets: n.Packets, Bytes: n.Bytes, Share: n.Share.Value})
	}
	return f
}
