package page

import (
	"html/template"
	"net/url"
	"strings"
	"time"

	"floodmark/internal/model"
)

// frame is what the layout of every page needs.
type frame struct {
	Lang, Title   string
	Style, Script string
	Extra         string // a further style sheet, "" for none
	Now           time.Time
	Fast          float64 // how fast the clock runs, 0 where it is real time
	Features      model.Features
	Others        []choice // this page in the other languages
	Live          string   // slug whose changes the page follows, "*" for all, "" for none
	Indexed       bool     // search engines may show it
}

// choice is a link.
type choice struct{ To, Lang, Name string }

func (s *Site) frame(l *locale, c Common, title string) frame {
	f := frame{Lang: l.lang, Title: title, Style: s.style, Script: s.script, Now: c.Now.UTC(), Features: c.Features}
	if c.Speed != 0 && c.Speed != 1 {
		f.Fast = c.Speed
	}
	if c.Path != "" && strings.HasPrefix(c.Path, "/") && !strings.HasPrefix(c.Path, "//") {
		path, query, _ := strings.Cut(c.Path, "?")
		values, _ := url.ParseQuery(query) // what cannot be read is left out
		for _, lang := range languages {
			if lang != l.lang {
				values.Set("lang", lang)
				f.Others = append(f.Others, choice{path + "?" + values.Encode(), lang, languageNames[lang]})
			}
		}
	}
	return f
}

// languageNames are the languages in their own words.
var languageNames = map[string]string{"en": "English", "de": "Deutsch", "es": "Español"}

// AsOf is the time of the page.
func (f frame) AsOf(l string) string { return f.Now.Format(time.RFC3339) }

// backTo is a path of this site, the first page where it is none.
func backTo(path string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n") {
		return "/"
	}
	return path
}

// Pages that need little more than the frame.
type (
	aboutPage   struct{ frame }
	suggestPage struct {
		frame
		V      SuggestView
		Notice string
	}
	commentPage struct {
		frame
		Name string
		Form commentForm
	}
	// commentForm is the form for a comment, on the service's page or on one of its own.
	commentForm struct{ Slug, Token, Text, Notice string }

	mailPage struct {
		frame
		Key   string
		Leave bool
		Token string
	}
	resultPage struct {
		frame
		Key, Token, Back string
	}
	buttonPage struct {
		Lang, Style, Name, Slug string
		State                   word
	}
	reportPage struct {
		frame
		Name string
		Form form
	}
	donePage struct {
		frame
		Name, Slug, Lead, Text string
		Headline               headline
	}
	problemPage struct {
		frame
		Status                        int
		Headline, Text, Foreign, Hint string
		Wait                          string
		Back                          string
	}
	dataPage struct {
		frame
		Days  []string
		Names []choice
	}
	nearPage struct {
		Class string
		Mark  string
		Text  template.HTML
		Note  string
	}
)

// form is the report form, on the service's page or on one of its own.
type form struct {
	Slug, Name                    string
	Parts                         []formPart
	Token, Kind, Text, Place, Via string
	Notice                        string
	Challenge                     bool // scripts are to fetch a proof of work
}

type formPart struct {
	Slug, Name string
	On         bool
}

func newForm(l *locale, v ReportView) form {
	s := v.Service.Service
	f := form{Slug: s.Slug, Name: clean(60, s.Name), Token: v.FormToken, Kind: v.Kind, Text: clean(280, v.Text), Place: clean(20, v.Place), Via: v.Via,
		Notice: l.notice(v.Notice), Challenge: true}
	if f.Via != "button" {
		f.Via = ""
	}
	for i, c := range s.Components {
		if i == maxParts {
			break
		}
		f.Parts = append(f.Parts, formPart{c.Slug, l.part(c.Slug, c.Name), v.Kind == "problem" && c.Slug == v.Component})
	}
	return f
}

func (l *locale) notice(n Notice) string {
	switch n {
	case OnceMore:
		return l.t("notice.once")
	case WorkOld:
		return l.t("notice.old")
	case Incorrect:
		return l.t("notice.wrong")
	}
	return ""
}

func newDone(l *locale, f frame, v *DoneView) donePage {
	s := v.Service.Service
	d := donePage{frame: f, Name: clean(60, s.Name), Slug: s.Slug, Headline: l.headline(v.Service, f.Now)}
	key := "done.counted"
	switch {
	case v.State == model.Duplicate:
		key = "done.duplicate"
	case v.Kind == model.Works:
		key = "done.works"
	}
	d.Lead, d.Text = l.t(key+".lead"), l.t(key+".text", d.Name)
	return d
}

// newProblem says it in the reader's language; the words that came with it are
// English, and stand beside it.
func newProblem(l *locale, v *ProblemView) problemPage {
	key := "problem.500"
	switch v.Status {
	case 403, 404, 405, 413, 415, 422, 428, 429, 503:
		key = "problem." + itoa(v.Status)
	}
	p := problemPage{Status: v.Status, Headline: l.t(key), Text: l.t(key + ".text"), Foreign: clean(300, v.Text), Hint: clean(300, v.Hint), Back: backTo(v.Back)}
	if v.After > 0 {
		p.Wait = l.t("problem.wait", l.wait(v.After))
	}
	return p
}

func newData(f frame, v *DataView) dataPage {
	d := dataPage{frame: f}
	for _, day := range v.Days {
		if _, err := time.Parse(time.DateOnly, day); err == nil && len(d.Days) < 400 {
			d.Days = append(d.Days, day)
		}
	}
	for i, n := range v.Services {
		if i == 200 {
			break
		}
		d.Names = append(d.Names, choice{To: n.Service.Slug, Name: clean(60, n.Service.Name)})
	}
	return d
}

func resultKey(a Action) string {
	switch a {
	case Commented:
		return "result.commented"
	case Uncommented:
		return "result.uncommented"
	case Subscribed:
		return "result.subscribed"
	case Confirmed:
		return "result.confirmed"
	case Unsubscribed:
		return "result.unsubscribed"
	}
	return "result.suggested"
}
