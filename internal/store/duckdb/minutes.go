package duckdb

import (
	"context"
	"fmt"
	"math"
	"time"
)

// rollMinutes writes the roll-ups and means of minutes before the given one.
func (s *Store) rollMinutes(now int64, before uint32) {
	k := s.sinks[Minutes]
	var late []lateRow
	err := k.ready(now, false)
	s.roll.take(before, minuteOf(now), func(family int, r *rollRow, minute uint32) {
		k.rows++
		ms := int64(minute) * 60000
		if ms < s.hours {
			late = append(late, lateRow{*r, family, ms - ms%3600000})
		}
		if err == nil {
			err = k.to[family].addRollup(family, r, ms)
		}
	})
	s.means.take(before, func(m *mean) {
		k.rows++
		if err == nil {
			err = k.table("series_1m").addMean(m)
		}
	})
	if err == nil {
		err = k.commit()
	}
	if err != nil {
		s.report("keep roll-ups", k.fail(now, err))
		return
	}
	s.lateHours(now, late)
}

// lateRow is a row for an hour, in Unix ms, that is made already.
type lateRow struct {
	row    rollRow
	family int
	hour   int64
}

// lateHours adds minutes that came after their hour was made.
func (s *Store) lateHours(now int64, late []lateRow) {
	if len(late) == 0 {
		return
	}
	k := s.sinks[Hours]
	err := k.put(now, len(late), func() error {
		for i := range late {
			l := &late[i]
			if err := k.to[l.family].addRollup(l.family, &l.row, l.hour); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		if err = k.commit(); err != nil {
			err = k.fail(now, err)
		}
	}
	if err != nil {
		s.report("keep late roll-ups", err)
	}
}

// hourSlack is how long after its end an hour is made from its minutes.
const hourSlack = int64(5 * time.Minute)

// rollHours makes the hours that are complete.
func (s *Store) rollHours(now int64) {
	const hour = int64(time.Hour)
	end := (now - hourSlack - int64(s.cfg.Lateness)) / hour * hour / 1e6
	if s.hours == 0 || s.hours > now/1e6 { // nothing yet, or made under a clock that was ahead
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
	var q string
	for _, n := range familyNames {
		q += "INSERT INTO " + k.f.alias + ".main." + n + "_1h BY NAME SELECT time - time % 3600000 AS time, * EXCLUDE (time, packets, bytes, flows, squares), " +
			"sum(packets)::UBIGINT AS packets, sum(bytes)::UBIGINT AS bytes, sum(flows)::UBIGINT AS flows, sum(squares) AS squares FROM " +
			union(minutes, Minutes, n+"_1m") + where + " GROUP BY ALL;"
	}
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
