package page

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"html"
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/public/publictest/stories"
)

// loud fails a test when a page could not be made.
type loud struct{ t *testing.T }

func (l loud) Write(b []byte) (int, error) {
	l.t.Helper()
	l.t.Errorf("a fault: %s", b)
	return len(b), nil
}

func newSite(t *testing.T) *Site {
	t.Helper()
	return New(Config{Log: slog.New(slog.NewTextHandler(loud{t}, nil))})
}

// everyPage renders each page of a service in a language.
func everyPage(s *Site, lang string, n *model.ServiceNow) map[string][]byte {
	c := frameOf("/x?q=a&lang=fr")
	out := map[string][]byte{
		"home": s.Home(lang, HomeView{Common: c, Services: []*model.ServiceNow{n}, Attacks: attacks(), Ended: []model.Incident{{Header: model.Header{ID: "a"}}}}), "service": s.Service(lang, serviceView(n)),
		"report": s.Report(lang, ReportView{Common: c, Service: n, FormToken: "a.b", Notice: OnceMore, Text: nasty, Place: nasty, Via: nasty}),
		"data":   s.Data(lang, DataView{Common: c, Days: []string{"2026-11-23", nasty}, Services: []*model.ServiceNow{n}}), "about": s.About(lang, AboutView{c}),
		"suggest": s.Suggest(lang, SuggestView{Common: c, Name: nasty, URL: "javascript:alert(1)", Text: nasty, Notice: Incorrect}),
		"comment": s.Comment(lang, CommentView{Common: c, Service: n, FormToken: nasty, Text: nasty, Notice: OnceMore}),
		"mail":    s.Mail(lang, MailView{Common: c, Token: nasty}), "leave": s.Mail(lang, MailView{Common: c, Leave: true}),
		"button": s.Button(lang, ButtonView{c, n}), "near": s.Near(lang, NearView{Service: n, Vicinity: model.Vicinity{Network: nasty, Near: 9}}),
	}
	for state := model.Counted; state <= model.Duplicate; state++ {
		out[fmt.Sprint("done ", state)] = s.Done(lang, DoneView{c, n, state, model.Works})
	}
	for _, status := range []int{0, 403, 404, 405, 413, 415, 422, 428, 429, 500, 503} {
		out[fmt.Sprint("problem ", status)] = s.Problem(lang, ProblemView{c, status, nasty, nasty, 90 * time.Second, "//elsewhere.example"})
	}
	for d := Suggested; d <= Unsubscribed; d++ {
		out[fmt.Sprint("result ", d)] = s.Result(lang, ResultView{c, d, nasty, "/s/x"})
	}
	if n.Incident != nil {
		out["incident"] = s.Incident(lang, incidentView(n))
	} else {
		out["incident"] = s.Incident(lang, IncidentView{Common: c})
	}
	return out
}

// value is that of an attribute.
var value = regexp.MustCompile(`"[^"<>]*"`)

var unclean = map[string]*regexp.Regexp{
	"a style attribute": regexp.MustCompile(`<[^>]*\sstyle=`), "a handler": regexp.MustCompile(`<[^>]*\son[a-z]+=`), "a script of its own": regexp.MustCompile(`<script(?:>|[^>]*[^-]>)[^<]`),
	"a style sheet of its own": regexp.MustCompile(`<style`), "something from elsewhere": regexp.MustCompile(`<[^>]*\s(?:src|href|action)="(?:https?:|//|javascript:)`),
	"what the template could not escape": regexp.MustCompile(`ZgotmplZ|%!|&lt;no value|<no value`), "a direction mark": regexp.MustCompile("[\u202e\x1b]"),
}

func TestEveryPageIsCleanAndSmall(t *testing.T) {
	s := newSite(t)
	empty := &model.ServiceNow{Service: &model.Service{}}
	for name, n := range map[string]*model.ServiceNow{"nothing": empty, "hostile": newHostile(), "calm": newCalm(), "unknown": newUnknown(), "suspected": newSuspected(), "open": newOpen(),
		"easing": newEasing(), "forged": newForged(), "elsewhere": newElsewhere(), "attack": stories.Attack(noon).Now} {
		for _, lang := range append(Languages(), "xx") {
			for page, b := range everyPage(s, lang, n) {
				text := string(b)
				for what, re := range unclean {
					in := text
					if strings.HasPrefix(what, "a ") {
						in = value.ReplaceAllString(text, `""`) // what stands in an attribute is no attribute
					}
					if m := re.FindString(in); m != "" {
						t.Errorf("%s of %s in %s holds %s: %s", page, name, lang, what, m)
					}
				}
				if strings.Contains(text, "<img") {
					t.Errorf("%s of %s: foreign text became an element", page, name)
				}
				if len(b) > 100e3 {
					t.Errorf("%s of %s in %s: %d octets", page, name, lang, len(b))
				}
				if lang == "en" && name == "open" && !bytes.Equal(b, everyPage(s, lang, n)[page]) {
					t.Errorf("%s is not the same twice", page)
				}
				if !strings.Contains(page, "near") && !strings.Contains(text, `<html lang="`) {
					t.Errorf("%s: no language", page)
				}
			}
		}
	}
}

func TestSizes(t *testing.T) {
	s := newSite(t)
	all := newAll()
	home := s.Home("de", HomeView{Common: frameOf("/"), Services: all, Attacks: attacks()})
	service := s.Service("de", serviceView(all[3]))
	report := s.Report("de", ReportView{Common: frameOf("/s/big/report"), Service: all[3], FormToken: strings.Repeat("x", 200)})
	css, _, ok := s.Static("style.css")
	if !ok {
		t.Fatal("no style sheet")
	}
	for _, c := range []struct {
		what    string
		n       int
		largest int
	}{{"home of 40 services", len(home), 100e3}, {"service in an incident", len(service), 100e3}, {"report and style sheet, not packed", len(report) + len(css), 30e3}} {
		t.Logf("%s: %d octets", c.what, c.n)
		if c.n > c.largest {
			t.Errorf("%s: %d octets, at most %d", c.what, c.n, c.largest)
		}
	}
	t.Logf("packed: home %d, service %d, report %d, style sheet %d", packed(home), packed(service), packed(report), packed(css))
	many := make([]*model.ServiceNow, 5000)
	for i := range many {
		many[i] = all[i%len(all)]
	}
	if b := s.Home("en", HomeView{Common: frameOf("/"), Services: many}); len(b) > 100e3 {
		t.Errorf("home of 5,000 services: %d octets", len(b))
	}
}

func packed(b []byte) int {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write(b)
	_ = w.Close()
	return out.Len()
}

var element = regexp.MustCompile(`<[^>]*>`)

func textOf(b []byte) string {
	return strings.Join(strings.Fields(html.UnescapeString(element.ReplaceAllString(string(b), " "))), " ")
}

// TestSentences holds each state to the one sentence that is said first.
func TestSentences(t *testing.T) {
	s := newSite(t)
	for _, c := range []struct {
		n    *model.ServiceNow
		lang string
		want []string
	}{
		{newCalm(), "en", []string{"No more reports than usual about Lighthouse Mail", "baseline: at most"}},
		{newUnknown(), "en", []string{"No baseline for Brand New Pay yet", "Not enough history for a baseline: 2 of 7 days."}},
		{newUnknown(), "de", []string{"Für Brand New Pay gibt es noch keinen Normalwert", "2 von 7 Tagen"}},
		{newSuspected(), "en", []string{"There may be more reports than usual about Murmur; it is too early to tell"}},
		{newMild(), "en", []string{"Users report problems with Fernsehen Plus: 8.9 times the usual since 16:02 UTC", "User reports only; not confirmed by another signal", "No other monitored service explains"}},
		{newMild(), "de", []string{"Nutzer melden Probleme mit Fernsehen Plus: 8,9-mal so viele wie üblich seit 16:02 UTC", "Nur Nutzermeldungen"}},
		{newMild(), "es", []string{"Los usuarios informan de problemas con Fernsehen Plus: 8,9 veces lo habitual desde las 16:02 UTC", "ninguna otra señal lo confirma"}},
		{newElsewhere(), "en", []string{"Users report problems with Parcel Tracker, mostly explained by the outage of Cloud Nine", "92 % of the extra reports (85–97 %)"}},
		{newCloud(), "en", []string{"Users report problems with Cloud Nine", "Confirmed by a signal other than user reports"}},
		{newEasing(), "en", []string{"Reports about Cinema at Home have been back to normal since 16:27 UTC"}},
		{newForged(), "en", []string{"Many reports about Corner Bank look inauthentic; there is no incident", "synchronized: 94 %"}},
		{newOpen(), "en", []string{"40,893", "Rejected 6,100", "Peak 15 minutes 40,893 from", "Total since the incident started"}},
		{newOpen(), "es", []string{"40 893"}},
		{newOpen(), "de", []string{"40.893", "Vereinigtes Königreich"}},
	} {
		text := strings.ReplaceAll(strings.ReplaceAll(textOf(s.Service(c.lang, serviceView(c.n))), "\u00a0", " "), "\u202f", " ")
		for _, want := range c.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s in %s: no %q in %.900s", c.n.Service.Name, c.lang, want, text)
			}
		}
	}
}

// TestNeverDown holds pages to the law of words.
func TestNeverDown(t *testing.T) {
	s := newSite(t)
	bad := regexp.MustCompile(`(?i)\b(?:is|are) down\b|ist ausgefallen|está caíd[oa]`)
	for _, lang := range Languages() {
		for _, story := range stories.All(noon) {
			if m := bad.FindString(textOf(s.Incident(lang, storyView(&story))) + textOf(s.Service(lang, serviceView(story.Now)))); m != "" {
				t.Errorf("%s in %s says %q", story.Slug, lang, m)
			}
		}
	}
	for _, n := range newAll() {
		for _, lang := range Languages() {
			for page, b := range everyPage(s, lang, n) {
				if page == "about" {
					continue // says that we never say so
				}
				if m := bad.FindString(textOf(b)); m != "" {
					t.Errorf("%s in %s says %q", page, lang, m)
				}
			}
		}
	}
}

func TestNear(t *testing.T) {
	s := newSite(t)
	for _, c := range []struct {
		n    *model.ServiceNow
		v    model.Vicinity
		want string
	}{
		{newCalm(), model.Vicinity{}, "Your network could not be identified."},
		{newOpen(), model.Vicinity{}, "You are not alone: others report problems with Chirper."},
		{newCalm(), model.Vicinity{Network: "Example Telecom", Near: 0, Usual: 0.2}, "It may be only you: there are no more reports than usual from Example Telecom about Lighthouse Mail."},
		{newOpen(), model.Vicinity{Network: "Example Telecom", Near: 240, Usual: 1.4}, "You are not alone: 240 people on Example Telecom reported problems with Chirper in the last 15 minutes; usual is 1.4."},
		{newOpen(), model.Vicinity{Network: "Example Telecom", Near: 3, Usual: 0.2}, "You are not alone: a few people on Example Telecom report problems with Chirper now."},
		{newOpen(), model.Vicinity{Network: "Example Telecom", Near: 0, Usual: 3}, "People elsewhere report problems, but reports from Example Telecom about Chirper are at a normal level."},
		{newCalm(), model.Vicinity{Network: "Example Telecom", Near: 50, Elsewhere: 7}, "It may be your network: people on Example Telecom report problems with 7 other services too."},
	} {
		if got := textOf(s.Near("en", NearView{Service: c.n, Vicinity: c.v})); !strings.Contains(got, c.want) {
			t.Errorf("%+v: %q, want %q", c.v, got, c.want)
		}
	}
}

// TestIncident reads the story, both sides and the evidence.
func TestIncident(t *testing.T) {
	s := newSite(t)
	big := textOf(s.Incident("en", incidentView(newOpen())))
	for _, want := range []string{"3 bursts", "40,893", "Reports came from 412 different networks.", "> 10 100 to 1", "Only user reports support it", "5,200 of 40,893 reports at the peak were referred by an alert", "What these data cannot answer",
		"Whether it is an attack", "Significantly more reports than usual about: App.", "New burst", "83 % similar", "Total since the incident started"} {
		if !strings.Contains(strings.ReplaceAll(big, "\u00a0", " "), want) {
			t.Errorf("no %q in %s", want, big)
		}
	}
	if strings.Contains(big, "Heavier 16") && strings.Contains(big, "Updated") {
		t.Error("a change of figures alone is told")
	}
	other := textOf(s.Incident("en", incidentView(newElsewhere())))
	if !strings.Contains(other, "Mostly explained by the outage of Cloud Nine") {
		t.Error("the explanation is missing")
	}
}

func TestStatic(t *testing.T) {
	s := newSite(t)
	for _, name := range []string{"", "../site.go", "style.css/", "nothing.css", "x.html"} {
		if _, _, ok := s.Static(name); ok {
			t.Errorf("%q is served", name)
		}
	}
	if b, kind, ok := s.Static("button.css"); !ok || len(b) == 0 || kind != "text/css; charset=utf-8" {
		t.Errorf("button.css: %d octets, %s", len(b), kind)
	}
}

func TestSearchFinds(t *testing.T) {
	s := newSite(t)
	all := newAll()
	if text := textOf(s.Home("en", HomeView{Common: frameOf("/?q=corner"), Services: all, Query: "Corner BANK"})); !strings.Contains(text, "1 service for “Corner BANK”") || strings.Contains(text, "Chirper") {
		t.Error("the search does not find one service alone")
	}
	if text := textOf(s.Home("en", HomeView{Common: frameOf("/"), Services: all, Query: nasty})); !strings.Contains(text, "No matching service") {
		t.Error("nothing found is not said")
	}
	if text := textOf(s.Home("en", HomeView{Common: frameOf("/")})); !strings.Contains(text, "No service is monitored yet") {
		t.Error("an empty catalogue is not said")
	}
}
