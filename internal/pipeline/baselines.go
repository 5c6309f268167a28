package pipeline

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"floodmark/internal/baseline"
	"floodmark/internal/datadir"
	"floodmark/internal/model"
)

// Incidents are those that are open: traffic of their targets is no example of
// what is normal.
type Incidents interface {
	Open() []model.Incident
}

// baselines keep what is normal for the whole, for customers, prefixes and the
// busiest hosts, in buckets of ten seconds. The tick feeds them; any goroutine may
// ask.
type baselines struct {
	path      string
	incidents Incidents

	mu     sync.Mutex // guards what follows
	series map[seriesKey]*learned
	kinds  [4]int // series by kind of target
	bucket int64  // number of the one that is being filled
	filled int    // seconds in it
}

type seriesKey struct {
	target model.TargetID
	dir    model.Direction
	metric model.Metric
}

// learned is one series and the bucket that is being filled.
type learned struct {
	series  *baseline.Series
	sum     float64
	weight  float64
	last    int64 // bucket that had traffic last
	raised  bool
	recent  [recentBuckets]float32 // by bucket, for what is learned from a false alarm
	verdict baseline.Verdict
}

const (
	baselineStep  = 10 // seconds of a bucket
	recentBuckets = 360
	forgetAfter   = 7 * 24 * 3600 / baselineStep // buckets without traffic
)

// maxLearned bounds targets by kind: hosts, prefixes, customers, the whole network.
// Each has up to three series of 5 KiB.
var maxLearned = [4]int{256, 1024, 512, 1}

// learnedMetrics are compared with what is normal: packets and bits in, bits out.
var learnedMetrics = []struct {
	dir    model.Direction
	metric model.Metric
	floor  float64 // a second
}{{model.In, model.Packets, 2000}, {model.In, model.Bits, 20e6}, {model.Out, model.Bits, 20e6}}

func newBaselines(path string, incidents Incidents) *baselines {
	return &baselines{series: make(map[seriesKey]*learned), path: path, incidents: incidents}
}

// baselineConfig configures one series. The false-alarm budget is for the whole
// network and is divided among all series that there can be.
func (p *Plan) baselineConfig(floor float64) baseline.Config {
	b := &p.settings.Baselines
	all := 0
	for _, n := range maxLearned {
		all += n * len(learnedMetrics)
	}
	perWeek := b.FalseAlarmBudget.PerYear(1) * float64(7*24*time.Hour) / float64(model.Year)
	return baseline.Config{Step: baselineStep * time.Second, Promise: max(perWeek/float64(all), 1e-9), Learn: time.Duration(b.MinHistory), Floor: floor, Ratio: 2}
}

// second takes the points of a second that ended at now. Once a bucket is full it
// is compared with what is normal, and anomalies are returned.
func (b *baselines) second(p *Plan, now int64, points []model.Point) []model.Anomaly {
	if !p.settings.Baselines.Enabled {
		return nil
	}
	var found []model.Anomaly
	b.mu.Lock()
	defer b.mu.Unlock()
	bucket := (now/1e9 - 1) / baselineStep
	if bucket != b.bucket {
		if b.filled > 0 {
			found = b.close(p, now)
		}
		b.bucket, b.filled = bucket, 0
	}
	b.filled++
	for i := range points {
		pt := &points[i]
		for _, m := range learnedMetrics {
			if m.dir != pt.Direction {
				continue
			}
			if l := b.of(p, seriesKey{pt.Target, m.dir, m.metric}, m.floor); l != nil {
				l.sum += pt.Rates[m.metric]
				l.last = bucket
				if pt.Samples > 0 {
					l.weight = pt.Rates[m.metric] / pt.Samples
				}
			}
		}
	}
	return found
}

// of returns the series of a key, making it where there is room.
func (b *baselines) of(p *Plan, k seriesKey, floor float64) *learned {
	if l := b.series[k]; l != nil {
		return l
	}
	if b.kinds[k.target.Kind] >= maxLearned[k.target.Kind]*len(learnedMetrics) {
		return nil
	}
	b.kinds[k.target.Kind]++
	l := &learned{series: baseline.New(p.baselineConfig(floor))}
	b.series[k] = l
	return l
}

// close compares the bucket that is full with what is normal, and learns from it,
// but not from targets of open incidents: they are no example of what is normal.
func (b *baselines) close(p *Plan, now int64) []model.Anomaly {
	var found []model.Anomaly
	open := b.incidents.Open()
	at := b.bucket * baselineStep * 1e9
	for k, l := range b.series {
		v := l.sum / float64(b.filled)
		l.sum = 0
		l.recent[b.bucket%recentBuckets] = float32(v)
		if b.bucket-l.last > forgetAfter {
			delete(b.series, k)
			b.kinds[k.target.Kind]--
			continue
		}
		l.verdict = l.series.Judge(at, v, l.weight)
		l.series.Learn(at, v, affected(k.target, open) || l.verdict.State == baseline.High)
		a := model.Anomaly{At: now, Since: l.verdict.Since, Phase: model.Ongoing, Kind: model.ByBaseline, Target: k.target, Direction: k.dir, Metric: k.metric,
			Rate: l.verdict.Value, Bound: l.verdict.Bound, Expected: l.verdict.Expected, Samples: v / max(l.weight, 1), Sampling: max(l.weight, 1), Group: p.groups[0]}
		a.Rates[k.metric] = v
		switch {
		case l.verdict.State == baseline.High && !l.raised:
			l.raised, a.Phase = true, model.Raised
		case l.verdict.State == baseline.High:
		case l.raised:
			l.raised, a.Phase = false, model.Cleared
		default:
			continue
		}
		found = append(found, a)
	}
	return found
}

// affected reports whether an incident is at a target, inside it or around it.
func affected(t model.TargetID, open []model.Incident) bool {
	for i := range open {
		o := open[i].Target
		if o == t || o.Contains(t) || t.Contains(o) || o.Kind > model.PrefixTarget && t.Kind > model.PrefixTarget {
			return true
		}
	}
	return false
}

// band returns what is normal for a target's bits now.
func (b *baselines) band(t model.TargetID, d model.Direction, now int64) (low, high float64, known bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	l := b.series[seriesKey{t, d, model.Bits}]
	if l == nil {
		return 0, 0, false
	}
	e := l.series.Expect(now)
	return e.Low, e.High, e.Known
}

// learn takes what a target had during a time as normal after all.
func (b *baselines) learn(t model.TargetID, from, to int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	const step = int64(baselineStep * 1e9)
	first, last := from/step, to/step
	if first <= b.bucket-recentBuckets {
		first = b.bucket - recentBuckets + 1
	}
	last = min(last, b.bucket-1)
	for k, l := range b.series {
		if k.target != t || last < first {
			continue
		}
		var values []float64
		for n := first; n <= last; n++ {
			values = append(values, float64(l.recent[n%recentBuckets]))
		}
		l.series.Teach(first*step, (last+1)*step, values)
		l.raised = false
	}
}

// baselineForm begins the file of baselines.
const baselineForm = "floodmark.baselines/1\n"

// save writes what was learned.
func (b *baselines) save() error {
	b.mu.Lock()
	out := bytes.NewBufferString(baselineForm)
	for k, l := range b.series {
		state, err := l.series.MarshalBinary()
		if err != nil {
			continue
		}
		name, _ := k.target.MarshalText()
		head := binary.BigEndian.AppendUint16(nil, uint16(len(name)))
		head = append(head, name...)
		head = append(head, byte(k.dir), byte(k.metric))
		out.Write(binary.BigEndian.AppendUint32(head, uint32(len(state))))
		out.Write(state)
	}
	b.mu.Unlock()
	return datadir.WriteFile(b.path, out.Bytes())
}

// load reads what was saved. The time in between is a gap.
func (b *baselines) load(p *Plan, now int64) error {
	data, err := os.ReadFile(b.path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	rest, ok := bytes.CutPrefix(data, []byte(baselineForm))
	if !ok {
		return fmt.Errorf("%s: not a file of baselines", b.path)
	}
	info, _ := os.Stat(b.path)
	for len(rest) > 0 {
		if len(rest) < 2 || len(rest) < 2+int(binary.BigEndian.Uint16(rest))+6 {
			return fmt.Errorf("%s: cut short", b.path)
		}
		n := int(binary.BigEndian.Uint16(rest))
		name, head := rest[2:2+n], rest[2+n:]
		size := int(binary.BigEndian.Uint32(head[2:]))
		if size > len(head)-6 {
			return fmt.Errorf("%s: cut short", b.path)
		}
		k := seriesKey{dir: model.Direction(head[0]), metric: model.Metric(head[1])}
		if k.target.UnmarshalText(name) == nil && k.metric < model.Metrics {
			for _, m := range learnedMetrics {
				if m.dir != k.dir || m.metric != k.metric {
					continue
				}
				if l := b.of(p, k, m.floor); l != nil && l.series.UnmarshalBinary(head[6:6+size]) == nil {
					l.last = now / 1e9 / baselineStep
					if info != nil {
						l.series.Gap(info.ModTime().UnixNano(), now)
					}
				}
			}
		}
		rest = head[6+size:]
	}
	return nil
}
