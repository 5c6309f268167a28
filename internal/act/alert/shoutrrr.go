package alert

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/nicholas-fedor/shoutrrr"
	"github.com/nicholas-fedor/shoutrrr/pkg/router"
	"github.com/nicholas-fedor/shoutrrr/pkg/types"

	"floodmark/internal/text"
)

// Shoutrrr is a chat, mail or phone service by the shoutrrr library.
type Shoutrrr struct {
	URL string // such as slack://… or smtp://…; it is a secret as a whole
}

type chat struct {
	router *router.ServiceRouter
	tokens []string // parts of the address that may not be told
	busy   chan struct{}
}

func newChat(c *Shoutrrr) (*chat, error) {
	s := &chat{tokens: tokens(c.URL), busy: make(chan struct{}, 1)}
	r, err := shoutrrr.CreateSender(c.URL)
	if err != nil {
		return nil, fmt.Errorf("shoutrrr: %s", s.clean(err.Error()))
	}
	r.Timeout = sendTimeout
	s.router = r
	return s, nil
}

// send waits for the library, which takes no context. One call at a time: one
// that hangs is not followed by another.
func (s *chat) send(ctx context.Context, m *Message) error {
	select {
	case s.busy <- struct{}{}:
	default:
		return errors.New("shoutrrr: the last message hangs still")
	}
	result := make(chan []error, 1)
	go func() {
		p := types.Params{}
		p.SetTitle(m.Subject)
		errs := s.router.Send(m.Subject+"\n\n"+m.Text, &p)
		<-s.busy
		result <- errs
	}()
	timer := time.NewTimer(sendTimeout + 5*time.Second)
	defer timer.Stop()
	select {
	case errs := <-result:
		if err := errors.Join(errs...); err != nil {
			return fmt.Errorf("shoutrrr: %s", s.clean(err.Error()))
		}
		return nil
	case <-timer.C:
		return fmt.Errorf("shoutrrr: no answer in %s", sendTimeout)
	case <-ctx.Done():
		return ctx.Err()
	}
}

var (
	anyURL = regexp.MustCompile(`[a-zA-Z][a-zA-Z0-9+.-]*://[^\s"']+`)
	word   = regexp.MustCompile(`[A-Za-z0-9]{3,}`)
)

// clean takes whatever may be secret out of an error: every address, and every
// part of the service's address but its scheme and a host with a dot.
func (s *chat) clean(message string) string {
	message = anyURL.ReplaceAllString(message, "(address)")
	message = word.ReplaceAllStringFunc(message, func(w string) string {
		for _, t := range s.tokens {
			if strings.Contains(w, t) {
				return "***"
			}
		}
		return w
	})
	return text.Clean(message, 300)
}

func tokens(raw string) []string {
	_, rest, _ := strings.Cut(raw, "://")
	if u, err := url.Parse(raw); err == nil && strings.Contains(u.Hostname(), ".") {
		rest = strings.Replace(rest, u.Host, " ", 1)
	}
	if plain, err := url.QueryUnescape(rest); err == nil {
		rest += " " + plain
	}
	return word.FindAllString(rest, -1)
}
