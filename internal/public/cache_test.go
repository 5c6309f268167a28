package public_test

import (
	"fmt"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/public"
	"floodmark/internal/public/publictest"
)

// TestUnknownCannotFillTheCache asks for what is not there in many ways.
func TestUnknownCannotFillTheCache(t *testing.T) {
	fake := publictest.New()
	site := public.NewSite(public.Config{Backend: fake, Page: pages})
	ask := func(path string) int {
		w := httptest.NewRecorder()
		site.ServeHTTP(w, request("GET", path, ""))
		return w.Code
	}
	ask("/s/none")
	before, _ := site.Kept()
	for i := range 1000 {
		for _, path := range []string{"/s/none%d", "/i/none%d", "/badge/none%d.svg", "/api/v1/services/none%d", "/api/v1/service-incidents?service=none%d", "/s/x%d/feed.atom", "/button/y%d", "/none%d"} {
			if code := ask(fmt.Sprintf(path, i)); code != 404 {
				t.Fatalf(path+": %d", i, code)
			}
		}
		ask(fmt.Sprintf("/about?utm_source=%d", i))
		ask(fmt.Sprintf("/static/style.css?v=%d", i))
		ask(fmt.Sprintf("/?q=%d", i))
	}
	if after, content := site.Kept(); after != before+1 || content > 1<<20 {
		t.Errorf("%d answers kept, %d before; %d octets", after, before, content)
	}
}

func TestCacheIsBounded(t *testing.T) {
	fake := publictest.New()
	for i := range 100 {
		s := *fake.All[0]
		service := *s.Service
		service.Slug = fmt.Sprintf("s%d", i)
		s.Service = &service
		fake.All = append(fake.All, &s)
	}
	site := public.NewSite(public.Config{Backend: fake, Page: pages})
	const limit = 200_000
	site.Limit(limit)
	for range 2 {
		for i := range 100 {
			for _, path := range []string{"/api/v1/services/s%d/series", "/api/v1/services/s%d"} {
				w := httptest.NewRecorder()
				site.ServeHTTP(w, request("GET", fmt.Sprintf(path, i), ""))
				if w.Code != 200 || w.Body.Len() == 0 {
					t.Fatal(w.Code)
				}
				if n, content := site.Kept(); content > limit || content < 0 || n < 1 {
					t.Fatalf("%d answers of %d octets", n, content)
				}
			}
		}
	}
	if n, content := site.Kept(); content < limit/2 || n < 5 {
		t.Errorf("%d answers of %d octets: more was dropped than needed", n, content)
	}
}

// TestOneMakesForAll counts how often a page is made for a crowd.
func TestOneMakesForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake := &counting{Fake: publictest.New()}
		h := public.New(public.Config{Backend: fake, Page: pages})
		for round := range 3 {
			var all sync.WaitGroup
			for range 200 {
				all.Go(func() {
					w := httptest.NewRecorder()
					h.ServeHTTP(w, request("GET", "/api/v1/services/open/series", ""))
					if w.Code != 200 {
						t.Error(w.Code)
					}
				})
			}
			all.Wait()
			if n := fake.count(); n != round+1 {
				t.Errorf("made %d times for %d crowds", n, round+1)
			}
			fake.Change(func() {})
			time.Sleep(1001 * time.Millisecond)
		}
	})
}

// counting counts lookups of services, of which each list has one.
type counting struct {
	*publictest.Fake
	mu sync.Mutex
	n  int
}

func (c *counting) Service(slug string) (*model.ServiceNow, bool) {
	c.mu.Lock()
	c.n++
	c.mu.Unlock()
	return c.Fake.Service(slug)
}

func (c *counting) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n
}

// TestUserReportsWhileThingsChange is for the race detector.
func TestUserReportsWhileThingsChange(t *testing.T) {
	fake := publictest.New()
	site := public.NewSite(public.Config{Backend: fake, Page: pages})
	site.Limit(150_000)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for n := range 200 {
				path := same[(n+i*7)%len(same)]
				w := httptest.NewRecorder()
				site.ServeHTTP(w, request("GET", path, "", "Accept-Encoding", "gzip"))
				if w.Code != 200 {
					t.Errorf("%s: %d", path, w.Code)
				}
				if n%10 == 0 {
					fake.Change(func() {
						now := *fake.All[3]
						now.Last15m.Problems++
						fake.All[3] = &now
					})
				}
			}
		})
	}
	all.Wait()
}
