package investigator

import (
	"bytes"
	"sync"

	"floodmark/internal/report/page"
	"floodmark/internal/report/seal"
)

// Disclosure is the redacted report of an incident, as everybody may see it.
type Disclosure struct {
	JSON, HTML []byte

	revision uint64
	ready    chan struct{} // closed when the rest is set
	err      error
}

// disclosures keeps the last ones: many people ask for the same at once.
type disclosures struct {
	documents *Documents

	mu sync.Mutex // guards by; never held while one is made
	by map[string]*Disclosure
}

// maxDisclosures bounds what is kept, some hundred kilobytes each.
const maxDisclosures = 32

// of returns the redacted form of the newest document of an incident, nil where
// there is none. It is made once; who asks meanwhile waits for it.
func (c *disclosures) of(id string) (*Disclosure, error) {
	revision := c.documents.Latest(id)
	if revision == 0 {
		return nil, nil
	}
	d, mine := c.claim(id, revision)
	if !mine {
		<-d.ready
		return d.result()
	}
	d.make(c.documents, id)
	if d.err != nil || d.JSON == nil { // not kept: the next to ask tries again
		c.drop(id, d)
	}
	close(d.ready)
	return d.result()
}

// claim returns what is there, or what the caller is to make.
func (c *disclosures) claim(id string, revision uint64) (d *Disclosure, mine bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if d := c.by[id]; d != nil && d.revision == revision {
		return d, false
	}
	if len(c.by) >= maxDisclosures {
		clear(c.by)
	}
	d = &Disclosure{revision: revision, ready: make(chan struct{})}
	c.by[id] = d
	return d, true
}

func (c *disclosures) drop(id string, d *Disclosure) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.by[id] == d {
		delete(c.by, id)
	}
}

func (d *Disclosure) result() (*Disclosure, error) {
	if d.err != nil || d.JSON == nil {
		return nil, d.err
	}
	return d, nil
}

func (d *Disclosure) make(documents *Documents, id string) {
	full, ok := documents.Read(id, d.revision)
	if !ok {
		return // removed meanwhile
	}
	redacted, err := seal.Redact(full)
	if err != nil {
		d.err = err
		return
	}
	a, err := seal.Decode(redacted)
	if err != nil {
		d.err = err
		return
	}
	var b bytes.Buffer
	if d.err = page.Render(&b, a); d.err == nil {
		d.JSON, d.HTML = redacted, b.Bytes()
	}
}
