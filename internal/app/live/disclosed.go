package live

import (
	"bytes"
	"sync"

	"floodmark/internal/report/page"
	"floodmark/internal/report/seal"
)

// disclosed is the redacted report of an incident, as everybody may see it.
type disclosed struct {
	revision   uint64
	json, html []byte
}

// disclosures keeps the last ones, for a crowd asks for the same.
type disclosures struct {
	mu sync.Mutex
	by map[string]*disclosed
}

// mostDisclosed bounds what is kept, some hundred kilobytes each.
const mostDisclosed = 32

// disclosed returns the redacted form of the newest document of an incident, nil
// where there is none.
func (j *joint) disclosed(id string) (*disclosed, error) {
	dir := j.s.line.examiner.dir
	revision := latestDocument(dir, id)
	c := &j.disclosures
	c.mu.Lock()
	defer c.mu.Unlock()
	if d := c.by[id]; d != nil && d.revision == revision {
		return d, nil
	}
	full, ok := readDocument(dir, id, revision)
	if revision == 0 || !ok {
		return nil, nil
	}
	d := &disclosed{revision: revision}
	var err error
	if d.json, err = seal.Redact(full); err != nil {
		return nil, err
	}
	a, err := seal.Decode(d.json)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := page.Render(&b, a); err != nil {
		return nil, err
	}
	d.html = b.Bytes()
	if c.by == nil || len(c.by) >= mostDisclosed {
		c.by = make(map[string]*disclosed)
	}
	c.by[id] = d
	return d, nil
}
