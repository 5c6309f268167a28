package public

import (
	"sync"
	"sync/atomic"
	"time"
)

// resource is something that is the same for everybody: a page, a feed, a list.
type resource struct {
	kind   []string // Content-Type
	policy []string // Cache-Control
	langs  bool     // it has languages
	open   bool     // pages of others may read it
	frame  bool     // and show it in a frame
	status int      // 0 is 200
	// make returns its octets, false where there is no such thing. name is what
	// its path names, "" for nothing.
	make func(name, lang string) ([]byte, bool)
}

type cacheKey struct {
	of         *resource
	name, lang string
}

// entry is one resource by name and language, and what it was made to last.
type entry struct {
	making sync.Mutex // held by who makes it anew
	now    atomic.Pointer[answer]
	used   atomic.Bool // since the last time that room was made
	gone   atomic.Bool // it is in the cache no more
}

// cache keeps finished answers. An answer is made by the first who asks, at most
// once a second. What is not known to the Backend is not kept, so that strangers
// cannot fill it.
type cache struct {
	back    Backend
	limit   int // octets: maxBytes
	version atomic.Pointer[version]

	mu      sync.RWMutex
	entries map[cacheKey]*entry
	bytes   int // of all answers, about
}

const (
	again     = time.Second      // an answer is used at least so long, whatever changes
	held      = 10 * time.Second // and at most so long, where nothing changed: time itself moves what is shown
	expensive = 10               // times as long as it took to be made: a list of thousands of services takes no more than a tenth of a processor
	// maxBytes of answers: 10,000 services in three languages of 12 kB each once
	// compressed would be 360 MB with nothing dropped; those that nobody asks for go.
	maxBytes = 128 << 20
	overhead = 512 // octets of an entry besides its answer, about
)

// version counts changes of what the Backend shows.
type version struct {
	n       uint64
	changed <-chan struct{}
}

func newCache(b Backend) *cache {
	c := &cache{back: b, limit: maxBytes, entries: make(map[cacheKey]*entry)}
	c.version.Store(&version{changed: b.Changed()})
	return c
}

// current returns the number of the present version. The channel of the next
// one is asked for before anything is read, so that no change is missed.
func (c *cache) current() uint64 {
	v := c.version.Load()
	select {
	case <-v.changed:
		c.version.CompareAndSwap(v, &version{v.n + 1, c.back.Changed()})
		return c.version.Load().n
	default:
		return v.n
	}
}

// get returns an answer, nil where there is no such thing.
func (c *cache) get(k cacheKey) *answer {
	e := c.entry(k)
	a := e.now.Load()
	if a == nil {
		e.making.Lock() // those who ask at the same time wait for the first
		defer e.making.Unlock()
		if a = e.now.Load(); a != nil || e.gone.Load() {
			return a
		}
		return c.make(k, e)
	}
	if !e.used.Load() {
		e.used.Store(true)
	}
	if age := time.Since(a.made); age < max(again, expensive*a.took) || age < held && a.version == c.current() {
		return a
	}
	// The others wait: a page is made from memory, and who was told of a change
	// must not get the page from before.
	e.making.Lock()
	defer e.making.Unlock()
	if b := e.now.Load(); b != a || e.gone.Load() {
		return b
	}
	return c.make(k, e)
}

func (c *cache) entry(k cacheKey) *entry {
	c.mu.RLock()
	e := c.entries[k]
	c.mu.RUnlock()
	if e != nil {
		return e
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if e = c.entries[k]; e == nil {
		e = &entry{}
		c.entries[k] = e
		c.bytes += overhead
	}
	return e
}

// make makes the answer of an entry whose lock is held.
func (c *cache) make(k cacheKey, e *entry) *answer {
	v, made := c.current(), time.Now()
	before := 0
	if a := e.now.Load(); a != nil {
		before = a.size()
	}
	var a *answer
	body, ok := k.of.make(k.name, k.lang)
	if ok {
		a = newAnswer(k.of, body)
		a.made, a.version, a.took = made, v, time.Since(made)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if e.gone.Load() { // room was made
		return a
	}
	e.now.Store(a)
	if a == nil {
		c.drop(k, e, before)
		return nil
	}
	if c.bytes += a.size() - before; c.bytes > c.limit {
		c.makeRoom(e)
	}
	return a
}

// drop removes an entry whose answer has so many octets.
func (c *cache) drop(k cacheKey, e *entry, size int) {
	e.gone.Store(true)
	delete(c.entries, k)
	c.bytes -= size + overhead
}

// makeRoom drops a quarter of what is kept: what nobody asked for since the last
// time, then whatever comes. Entries that are being made stay.
func (c *cache) makeRoom(but *entry) {
	for range 2 {
		for k, e := range c.entries {
			if c.bytes <= c.limit*3/4 {
				return
			}
			a := e.now.Load()
			if e == but || a == nil || e.used.Swap(false) {
				continue
			}
			c.drop(k, e, a.size())
		}
	}
}
