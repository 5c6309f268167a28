package live

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/opendata"
)

// Imported is what came of a file of history.
type Imported struct {
	opendata.Told
	Late int `json:"late"` // rows that are not before what the server has seen itself
}

// learnWait is how long minutes wait for the next row of history: none of them
// may be judged between two of its rows, and a sender that hangs must not stop
// the judging.
const learnWait = 2 * time.Second

// importHistory teaches what was usual: a CSV of counts of 15 minutes, or of
// single reports. It opens no incidents.
func (s *Server) importHistory(w http.ResponseWriter, r *http.Request) {
	c := s.crowd
	known := make(map[string]*model.Service)
	for _, x := range c.line.Services() {
		known[x.Slug] = x
	}
	find := func(slug string) (*model.Service, bool) { x, ok := known[slug]; return x, ok }
	var out Imported
	var err error
	take := func(slug, component string, at int64, n uint32) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.learnt = time.Now()
		if !c.line.Teach(slug, component, at-at%int64(60e9), n) {
			out.Late++
		}
	}
	if r.URL.Query().Get("form") == "reports" {
		out.Told, err = importReports(r, find, take)
	} else {
		out.Told, err = opendata.ReadCounts(r.Body, find, func(n opendata.Count) error {
			take(n.Service, n.Component, n.Time, n.Count)
			return nil
		})
	}
	c.mu.Lock()
	c.learnt = time.Time{}
	c.mu.Unlock()
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	c.save()
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(out); err != nil {
		s.log.Debug("the answer to an import was not read", "err", err)
	}
}

// importReports counts single reports, which come in order of time for each
// service, into quarters, empty ones between them included.
func importReports(r *http.Request, known opendata.Known, take func(slug, component string, at int64, n uint32)) (opendata.Told, error) {
	const quarter = int64(15 * 60e9)
	type run struct {
		at int64
		n  uint32
	}
	runs := make(map[string]*run)
	told, err := opendata.ReadReports(r.Body, known, func(x opendata.Report) error {
		if x.Kind != model.Problem {
			return nil
		}
		at := x.Time - x.Time%quarter
		o := runs[x.Service]
		if o == nil {
			runs[x.Service] = &run{at, 1}
			return nil
		}
		if at-o.at > 366*24*4*quarter {
			return fmt.Errorf("reports of %s are more than a year apart", x.Service)
		}
		for o.at < at {
			take(x.Service, "", o.at, o.n)
			o.at, o.n = o.at+quarter, 0
		}
		o.n++
		return nil
	})
	for _, slug := range sortedKeys(runs) {
		take(slug, "", runs[slug].at, runs[slug].n)
	}
	return told, err
}
