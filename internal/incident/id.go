package incident

import (
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"floodmark/internal/model"
)

// step is what starts are rounded to in ids.
const step = int64(5 * time.Minute)

// ID names an incident: direction, target, and the start (Unix ns) rounded down
// to five minutes, for example in-198.51.100.7-20261124T0205Z or
// in-2001-db8--_48-20261124T0205Z. It needs no escaping in a URL and has at most
// 48 bytes: names that are too long or not plain are replaced by a hash.
func ID(t model.TargetID, d model.Direction, start int64) string {
	return d.String() + "-" + place(t) + "-" + time.Unix(0, rounded(start)).UTC().Format("20060102T1504Z")
}

func rounded(start int64) int64 {
	r := start % step
	if r < 0 {
		r += step
	}
	return start - r
}

// maxPlace leaves room for the longest direction, the time and a number.
const maxPlace = 20

func place(t model.TargetID) string {
	if t.Kind == model.CustomerTarget {
		if len(t.Name) <= maxPlace-2 && plain(t.Name) {
			return "c." + t.Name
		}
		return hashed("k", t.Name)
	}
	s := strings.NewReplacer(":", "-", "/", "_").Replace(t.String())
	if len(s) > maxPlace {
		return hashed("x", s)
	}
	return s
}

func hashed(mark, s string) string {
	h := fnv.New64a()
	h.Write([]byte(s)) // never an error
	return fmt.Sprintf("%s%016x", mark, h.Sum64())
}

// plain reports names that stay themselves in a URL.
func plain(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// Name is an id that is taken: a second incident of the same target in the same
// five minutes gets the next number.
type Name struct {
	Base string `json:"base"`
	Last int    `json:"last"` // highest number given, 1 for the id without a number
	At   int64  `json:"at"`   // Unix ns, when that was
}

// name gives an id that was never given before.
func (m *Machine) name(t model.TargetID, d model.Direction, start int64) string {
	base := ID(t, d, start)
	i, ok := m.named[base]
	if !ok {
		m.forgetNames()
		m.named[base] = len(m.names)
		m.names = append(m.names, Name{base, 1, m.now})
		return base
	}
	m.names[i].Last++
	m.names[i].At = m.now
	return fmt.Sprintf("%s-%d", base, m.names[i].Last)
}

// forgetNames drops ids that no start can round to any more; where the list is
// full, the older half.
func (m *Machine) forgetNames() {
	if len(m.names) < 1024 || len(m.names) < m.forgetAt {
		return
	}
	kept := m.names[:0]
	for i, n := range m.names {
		if n.At >= m.now-3*oldest && (len(m.names) < maxNames || i >= len(m.names)/2) {
			kept = append(kept, n)
		}
	}
	m.names = kept
	m.forgetAt = min(2*len(kept), maxNames)
	clear(m.named)
	for i, n := range m.names {
		m.named[n.Base] = i
	}
}
