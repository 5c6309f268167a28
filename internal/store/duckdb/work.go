package duckdb

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"time"

	"floodmark/internal/model"
)

// write rolls a chunk up, appends it and gives its memory back.
func (s *Store) write(c *chunk) {
	now := s.cfg.Now()
	s.rollChunk(c, now)
	if s.cfg.RawFlows {
		if err := s.appendFlows(c, now); err != nil {
			s.count.disk.Add(uint64(c.n))
			s.report("keep flows", err)
		}
	}
	s.free <- c
}

func (s *Store) rollChunk(c *chunk, now int64) {
	for i := range c.rows[:c.n] {
		r := &c.rows[i]
		if r.First > now { // a clock that is ahead must not hold a minute open
			ahead := *r
			ahead.First = now
			r = &ahead
		}
		s.roll.add(r)
	}
	s.count.folded.Store(s.roll.folded)
}

// appendFlows counts rows when their transaction begins; those that it loses are
// taken back and counted as lost.
func (s *Store) appendFlows(c *chunk, now int64) error {
	k := s.sinks[Flows]
	if s.low > 0 {
		return fmt.Errorf("the disk has %d octets free, %d are kept in reserve", s.count.free.Load(), s.cfg.Reserve)
	}
	lost := k.rows
	if !k.open {
		lost = 0
	}
	err := k.ready(now, false)
	if err == nil {
		if k.rows == 0 {
			lost = 0
		}
		err = s.fill(k, c)
		if err == nil && k.rows+c.n >= commitRows {
			k.rows += c.n
			err = s.commitFlows()
			if err == nil {
				return nil
			}
			k.rows -= c.n
		}
		if err != nil {
			err = k.fail(now, err)
		}
	}
	if err != nil {
		s.count.disk.Add(uint64(lost))
		k.rows = 0
		return err
	}
	k.rows += c.n
	return nil
}

func (s *Store) fill(k *sink, c *chunk) error {
	small, large := k.to[0], k.to[1]
	for i := range c.rows[:c.n] {
		r := &c.rows[i]
		var err error
		if narrow(r) {
			err = small.addNarrow(r)
		} else {
			err = large.addWide(r)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) commitFlows() error {
	k := s.sinks[Flows]
	rows := k.rows
	if err := k.commit(); err != nil {
		return err
	}
	s.count.rows.Add(uint64(rows))
	k.rows = 0
	return nil
}

// commitAll ends transactions that are older than age.
func (s *Store) commitAll(now, age int64) {
	for _, k := range s.sinks {
		if !k.open || now-k.since < age && now >= k.since {
			continue
		}
		rows := k.rows
		err := k.commit()
		if k.kind == Flows {
			s.count.lag.Store(now - k.since)
		}
		switch {
		case err == nil && k.kind == Flows:
			s.count.rows.Add(uint64(rows))
		case err != nil:
			s.lost(k.kind, rows)
			s.report("keep "+k.kind.String(), k.fail(now, err))
		}
		k.rows = 0
	}
}

// lost counts rows that a failed transaction took along.
func (s *Store) lost(k Kind, rows int) {
	switch k {
	case Flows:
		s.count.disk.Add(uint64(rows))
	case Seconds:
		s.count.pointsLost.Add(uint64(rows))
	default:
		s.count.rollupsLost.Add(uint64(rows))
	}
}

// ticked does what is due by the clock.
func (s *Store) ticked(now int64) {
	s.commitAll(now, int64(s.cfg.CommitAge))
	if now >= s.tick && now-s.tick < int64(time.Second) {
		return
	}
	s.tick = now
	count, bytes := s.files.tidy(now)
	s.count.files.Store(int64(count))
	s.count.bytes.Store(bytes)
	s.room()
	if f := s.sinks[Flows].f; f != nil && now >= f.end {
		if err := s.rotate(s.sinks[Flows]); err != nil {
			s.report("end a file", err)
		}
	}
	if closed := minuteOf(now - int64(s.cfg.Lateness)); closed > s.minute {
		s.minute = closed
		s.rollMinutes(now, closed)
		s.rollHours(now)
	}
}

// rotate ends the file of a sink; the next row begins a new one.
func (s *Store) rotate(k *sink) error {
	rows := k.rows
	open := k.open
	if err := k.end(); err != nil {
		s.lost(k.kind, rows)
		k.rows = 0
		return k.fail(s.cfg.Now(), err)
	}
	if open && k.kind == Flows {
		s.count.rows.Add(uint64(rows))
	}
	k.rows = 0
	return nil
}

// room looks how much the disk has left. Below the reserve old flows go and new
// ones are not kept; below half of it the same for series of seconds. The rest is
// a thousandth of the volume and uses the reserve.
func (s *Store) room() {
	free, err := s.cfg.free(s.cfg.Dir)
	if err != nil {
		s.report("look at the disk", err)
		return
	}
	s.count.free.Store(free)
	low := s.low
	switch resume := s.cfg.Reserve / 10; {
	case free < s.cfg.Reserve/2:
		low = 2
	case free < s.cfg.Reserve:
		low = max(1, min(low, 2))
		if free > s.cfg.Reserve/2+resume {
			low = 1
		}
	case free > s.cfg.Reserve+resume:
		low = 0
	default:
		low = min(low, 1)
	}
	if low > 0 {
		gone := s.files.oldest(Flows)
		if !gone && low == 2 {
			gone = s.files.oldest(Seconds)
		}
		if gone {
			s.cfg.Log.Warn("flow store: the disk is short, the oldest file was removed", slog.Int64("free", free))
		}
	}
	if low != s.low {
		s.cfg.Log.Warn("flow store: room on the disk", slog.Int64("free", free), slog.Int64("reserve", s.cfg.Reserve),
			slog.Bool("keeps_flows", low == 0), slog.Bool("keeps_seconds", low < 2))
	}
	s.low = low
	s.count.short.Store(int32(low))
}

// limiter lets one message of each kind through in ten seconds.
type limiter map[string]int64

func (s *Store) report(act string, err error) {
	s.count.errors.Add(1)
	now := s.cfg.Now()
	if s.log == nil {
		s.log = make(limiter)
	}
	if last, ok := s.log[act]; ok && now-last < 10e9 && now >= last {
		return
	}
	s.log[act] = now
	s.cfg.Log.Error("flow store: "+act, slog.Any("err", err))
}

// rollMinutes writes the roll-ups and means of minutes before the given one.
func (s *Store) rollMinutes(now int64, before uint32) {
	k := s.sinks[Minutes]
	n, late := 0, []rollRow(nil)
	err := k.ready(now, false)
	write := func(r *rollRow) error {
		n++
		if err != nil {
			return nil // taken, counted below
		}
		ms := int64(r.key.minute()) * 60000
		if ms < s.hours {
			late = append(late, *r)
		}
		return k.table("rollup_1m").addRollup(r, ms)
	}
	if e := s.roll.take(before, write); err == nil {
		err = e
	}
	s.means.take(before, func(m *mean) {
		n++
		if err == nil {
			err = k.table("series_1m").addMean(m)
		}
	})
	if err == nil {
		err = k.commit()
	}
	if err != nil {
		s.lost(Minutes, n)
		s.report("keep roll-ups", k.fail(now, err))
		return
	}
	s.count.rollups.Add(uint64(n))
	s.lateHours(now, late)
}

// lateHours adds minutes that came after their hour was made.
func (s *Store) lateHours(now int64, late []rollRow) {
	if len(late) == 0 {
		return
	}
	k := s.sinks[Hours]
	err := k.ready(now, false)
	for i := range late {
		if err == nil {
			ms := int64(late[i].key.minute()) * 60000
			err = k.table("rollup_1h").addRollup(&late[i], ms-ms%3600000)
		}
	}
	if err == nil {
		err = k.commit()
	}
	if err != nil {
		s.lost(Hours, len(late))
		s.report("keep roll-ups", k.fail(now, err))
	}
}

// hourSlack is how long after its end an hour is made from its minutes.
const hourSlack = int64(5 * time.Minute)

// rollHours makes the hours that are complete.
func (s *Store) rollHours(now int64) {
	const hour = int64(time.Hour)
	end := (now - hourSlack - int64(s.cfg.Lateness)) / hour * hour / 1e6
	if s.hours == 0 {
		s.hours = end - hour/1e6
	}
	if end <= s.hours {
		return
	}
	if err := s.makeHours(now, s.hours, end); err != nil {
		s.report("make hours", err)
		return
	}
	s.hours = end
}

// makeHours sums minutes in [from, to), Unix ms, and notes how far it came in the
// same transaction. A row of series gives a part of its step, so that sums are
// means; what is missing counts as nothing.
func (s *Store) makeHours(now, from, to int64) error {
	k := s.sinks[Hours]
	minutes, _ := s.files.acquire(Minutes, from*1e6, to*1e6+late(Minutes))
	defer s.files.release(minutes)
	if err := k.ready(now, false); err != nil {
		return err
	}
	where := fmt.Sprintf(" WHERE time >= %d AND time < %d", from, to)
	q := "INSERT INTO " + k.f.alias + ".main.rollup_1h SELECT time - time % 3600000 AS t, " + rollupKey +
		", sum(packets)::UBIGINT, sum(bytes)::UBIGINT, sum(flows)::UBIGINT, sum(squares) FROM " + union(minutes, Minutes, "rollup_1m") + where + " GROUP BY ALL;"
	q += "INSERT INTO " + k.f.alias + ".main.series_1h SELECT time - time % 3600000 AS t, target, direction"
	for _, c := range metricColumns() {
		q += ", sum(" + c + ")/60"
	}
	q += ", sum(samples), coalesce(avg(nullif(low, 0)), 0), coalesce(avg(nullif(high, 0)), 0), max(max_packets), max(max_bits) FROM " +
		union(minutes, Minutes, "series_1m") + where + " GROUP BY t, target, direction;"
	q += fmt.Sprintf("UPDATE %s.main.meta SET rolled = %d", k.f.alias, to)
	err := k.link.exec(q)
	if err == nil {
		err = k.commit()
	}
	if err != nil {
		return k.fail(now, err)
	}
	return nil
}

// rolledTo reads how far the hours were made before, Unix ms.
func (s *Store) rolledTo(ctx context.Context) (int64, error) {
	got, _ := s.files.acquire(Hours, 0, math.MaxInt64)
	defer s.files.release(got)
	var to int64
	for _, f := range got {
		v, err := s.files.admin.int("SELECT max(rolled) FROM " + f.alias + ".main.meta")
		if err != nil {
			return to, err
		}
		to = max(to, v)
	}
	return to, nil
}

// AddPoints copies points of one second each, and never blocks: where the queue
// is full they are dropped and counted.
func (s *Store) AddPoints(p []model.Point) {
	if len(p) == 0 {
		return
	}
	if s.closed.Load() || len(s.points) == cap(s.points) {
		s.count.pointsLost.Add(uint64(len(p)))
		return
	}
	select {
	case s.points <- append([]model.Point(nil), p...):
	default:
		s.count.pointsLost.Add(uint64(len(p)))
	}
}

func (s *Store) writePoints(p []model.Point) {
	now := s.cfg.Now()
	s.count.points.Add(uint64(len(p)))
	for i := range p {
		if !s.means.add(&p[i]) {
			s.count.pointsLost.Add(1)
		}
	}
	if s.low > 1 {
		s.count.pointsLost.Add(uint64(len(p)))
		return
	}
	k := s.sinks[Seconds]
	before := k.rows
	err := k.ready(now, false)
	if err == nil {
		before = k.rows
		for i := range p {
			if err = k.to[0].addPoint(&p[i]); err != nil {
				break
			}
		}
		k.rows += len(p)
		if err != nil {
			err = k.fail(now, err)
		}
	}
	if err != nil {
		s.count.pointsLost.Add(uint64(before + len(p)))
		k.rows = 0
		s.report("keep series", err)
	}
}
