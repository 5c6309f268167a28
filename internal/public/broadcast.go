package public

import (
	"encoding/json"
	"hash/maphash"
	"net/netip"
	"sync"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/view"
)

const (
	// maxStreams of followers: each holds a connection, so the kernel's limit of
	// open files has to be higher.
	maxStreams = 20_000
	// maxFromOne is how many may come from one address, or from one /64: many
	// phones of a carrier share one.
	maxFromOne   = 1000
	newsInterval = time.Second
	aliveEvery   = 20 * time.Second
)

// link is one message to all followers of a topic. When done is closed, message
// and next are there. Followers hold the link that they wait for, so that nobody
// misses one, and what all have seen is garbage.
type link struct {
	done    chan struct{}
	message []byte
	next    *link
}

// topic is a service, or all where its slug is "".
type topic struct {
	last      *link
	followers int
	seen      uint64 // hash of what its followers see
}

// broadcaster tells followers that there is something new: one goroutine for
// all of them, which runs while there are any.
type broadcaster struct {
	back Backend
	seed maphash.Seed

	mu      sync.Mutex
	topics  map[string]*topic
	streams int
	from    map[netip.Addr]int
	stop    chan struct{} // of the goroutine; nil where there is none
}

func newBroadcaster(b Backend) *broadcaster {
	return &broadcaster{back: b, seed: maphash.MakeSeed(), topics: make(map[string]*topic), from: make(map[netip.Addr]int)}
}

// place is what followers are counted by.
func place(a netip.Addr) netip.Addr {
	if a = a.Unmap(); a.Is4() || !a.IsValid() {
		return a
	}
	p, err := a.WithZone("").Prefix(64)
	if err != nil {
		return a
	}
	return p.Addr()
}

// follow returns the first link to wait for, false where there are too many.
// Who follows says leave at the end.
func (b *broadcaster) follow(slug string, a netip.Addr) (*link, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	a = place(a)
	if b.streams >= maxStreams || b.from[a] >= maxFromOne {
		return nil, false
	}
	t := b.topics[slug]
	if t == nil {
		t = &topic{last: &link{done: make(chan struct{})}, seen: b.look(slug)}
		b.topics[slug] = t
	}
	b.streams++
	b.from[a]++
	t.followers++
	if b.stop == nil {
		b.stop = make(chan struct{})
		// Asked for here, so that nothing between this and its first turn is missed.
		go b.run(b.stop, b.back.Changed())
	}
	return t.last, true
}

func (b *broadcaster) leave(slug string, a netip.Addr) {
	b.mu.Lock()
	defer b.mu.Unlock()
	a = place(a)
	if b.from[a]--; b.from[a] <= 0 {
		delete(b.from, a)
	}
	if t := b.topics[slug]; t != nil {
		if t.followers--; t.followers <= 0 {
			delete(b.topics, slug)
		}
	}
	if b.streams--; b.streams == 0 {
		close(b.stop)
		b.stop = nil
	}
}

// run tells of changes a second after the first of them, so that there is at most
// one message a second, and no page that was made before them is used any more.
func (b *broadcaster) run(stop chan struct{}, changed <-chan struct{}) {
	alive := time.NewTicker(aliveEvery)
	defer alive.Stop()
	var soon <-chan time.Time // nil while there is nothing new
	for {
		select {
		case <-changed:
			changed, soon = nil, time.After(newsInterval)
		case <-soon:
			changed, soon = b.back.Changed(), nil // before looking, so that nothing is missed
			b.sendNews()
		case <-alive.C:
			b.sendAlive()
		case <-stop:
			return
		}
	}
}

// sendNews tells the followers of every topic that looks different.
func (b *broadcaster) sendNews() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for slug, t := range b.topics {
		if seen := b.look(slug); seen != t.seen {
			t.seen = seen
			t.send(b.news(slug))
		}
	}
}

func (b *broadcaster) sendAlive() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, t := range b.topics {
		t.send(aliveMessage)
	}
}

var aliveMessage = []byte(": alive\n\n")

func (t *topic) send(message []byte) {
	l := t.last
	l.message, l.next = message, &link{done: make(chan struct{})}
	t.last = l.next
	close(l.done)
}

// news is the event that followers of a service get.
func (b *broadcaster) news(slug string) []byte {
	now, _, _ := b.back.Clock()
	e := struct {
		Service string `json:"service"`
		State   string `json:"state"`
		At      string `json:"at"`
	}{slug, "", now.UTC().Format(time.RFC3339)}
	if sv, ok := b.back.Service(slug); ok {
		e.State = view.NewService(sv).State
	}
	data, _ := json.Marshal(e) // text only
	return append(append([]byte("event: change\ndata: "), data...), "\n\n"...)
}

// look is a hash of what followers of a service see, of all of them for "".
func (b *broadcaster) look(slug string) uint64 {
	var h maphash.Hash
	h.SetSeed(b.seed)
	if slug != "" {
		if sv, ok := b.back.Service(slug); ok {
			hashService(&h, sv)
			for _, c := range b.back.Notes(slug) {
				maphash.WriteComparable(&h, c)
			}
			for _, c := range b.back.Comments(slug) {
				h.WriteString(c.ID)
			}
		}
		return h.Sum64()
	}
	for _, sv := range b.back.Services() {
		hashService(&h, sv)
	}
	return h.Sum64()
}

func hashService(h *maphash.Hash, sv *model.ServiceNow) {
	q := sv.Last15m
	q.At = 0 // time alone is no change
	maphash.WriteComparable(h, q)
	h.WriteString(string(sv.State) + "|" + string(sv.Severity) + "|" + sv.Why + "|" + sv.Top.Slug + "|")
	if sv.Incident != nil {
		h.WriteString(sv.Incident.ID)
		maphash.WriteComparable(h, sv.Incident.Revision)
	}
	maphash.WriteComparable(h, sv.Fraud)
	if n := len(sv.Day); n > 0 {
		maphash.WriteComparable(h, sv.Day[n-1])
	}
}
