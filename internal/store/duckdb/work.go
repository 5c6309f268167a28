package duckdb

import (
	"fmt"
	"log/slog"
	"time"
)

// write rolls a chunk up, appends it and gives its memory back.
func (s *Store) write(c *chunk) {
	now := s.cfg.Now()
	s.roll.addNarrow(c.rows[:c.n], now)
	s.roll.addWide(c.wide[:c.w], now)
	s.count.folded.Store(s.roll.folded)
	if s.cfg.RawFlows {
		if err := s.appendFlows(c, now); err != nil {
			s.report("keep flows", err)
		}
	}
	s.free <- c
}

// appendFlows appends a chunk, and commits where row groups end.
func (s *Store) appendFlows(c *chunk, now int64) error {
	k, left := s.sinks[Flows], c.n+c.w
	var err error
	if s.low > 0 {
		err = fmt.Errorf("the disk has %d bytes free, %d are kept in reserve", s.count.free.Load(), s.cfg.Reserve)
	} else if err = k.ready(now, false); err == nil {
		left, err = s.fill(k, c, now)
	}
	s.count.disk.Add(uint64(left))
	return err
}

// fill returns how many rows an error left.
func (s *Store) fill(k *sink, c *chunk, now int64) (int, error) {
	rows, wide := c.rows[:c.n], c.wide[:c.w]
	for len(rows)+len(wide) > 0 {
		var err error
		n := 1
		if len(rows) > 0 {
			small := k.to[0]
			n = small.addNarrow(rows[:min(len(rows), rowGroup-k.narrow%rowGroup)])
			rows = rows[n:]
			k.narrow += n
			if small.n == vectorSize {
				err = small.send()
			}
		} else {
			err = k.to[1].addWide(&wide[0])
			wide = wide[1:]
			k.wide++
		}
		k.rows += n
		if err == nil && k.whole(now, int64(s.cfg.CommitAge)) {
			if err = k.commit(); err == nil {
				err = k.ready(now, false)
			}
		}
		if err != nil {
			return len(rows) + len(wide), k.fail(now, err)
		}
	}
	return 0, nil
}

// commitAll ends transactions that are older than age.
func (s *Store) commitAll(now, age int64) {
	for _, k := range s.sinks {
		waited := now - k.since
		if !k.open || waited < age && waited >= 0 {
			continue
		}
		if age > 0 && max(k.narrow, k.wide) >= rowGroup && waited >= 0 && waited < 2*age {
			continue // the end of a row group is near
		}
		if err := k.commit(); err != nil {
			s.report("keep "+k.kind.String(), k.fail(now, err))
		}
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
	for _, k := range s.sinks {
		if k.f != nil && now >= k.f.end {
			s.end(k)
		}
	}
	var lag int64
	if k := s.sinks[Flows]; k.open {
		lag = now - k.since
	}
	s.count.lag.Store(lag)
	if closed := minuteOf(now - int64(s.cfg.Lateness)); closed > s.minute || closed+60 < s.minute { // or the clock was set back
		s.minute = closed
		s.rollMinutes(now, closed)
		s.rollHours(now)
	}
}

// end ends the file of a sink; the next row begins a new one.
func (s *Store) end(k *sink) {
	if err := k.end(); err != nil {
		s.report("end a file of "+k.kind.String(), k.fail(s.cfg.Now(), err))
	}
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
