package public

// Limits that tests fill up.
const (
	MaxStreams = maxStreams
	MaxFromOne = maxFromOne
)

// Site is the state of a handler, for tests that look into it.
type Site struct{ *site }

// NewSite returns the handler of New as its own type.
func NewSite(c Config) Site { return Site{newSite(c)} }

// Routes are the patterns of all routes.
func (s Site) Routes() []string { return s.routes }

// Streams counts followers, topics, and whether the goroutine runs.
func (s Site) Streams() (streams, topics, places int, running bool) {
	b := s.live
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.streams, len(b.topics), len(b.from), b.stop != nil
}

// Kept counts the answers that are kept and their octets, about.
func (s Site) Kept() (entries, content int) {
	s.cache.mu.RLock()
	defer s.cache.mu.RUnlock()
	return len(s.cache.entries), s.cache.bytes
}

var (
	ParseFields = parseFields
	ParseObject = parseObject
	TakesGzip   = takesGzip
	Clip        = clip
)

// Remake makes and compresses the page of a service.
func (s Site) Remake(slug, lang string) *answer {
	body, _ := s.servicePage(slug, lang)
	return newAnswer(html(nil), body)
}

// Limit sets how many octets of answers are kept.
func (s Site) Limit(content int) { s.cache.limit = content }

// IncidentDetail is for tests from outside.
type IncidentDetail = incidentDetail
