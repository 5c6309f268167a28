package feed

import (
	"encoding/json"
	"encoding/xml"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"floodmark/internal/model"
)

// hostile are names that break what is written without care.
var hostile = []string{`<script>alert(1)</script>`, "]]>&amp;\x00\x0b\x1b[31m", "\u202e\u2028\ufffe\uffff\xff\xfe", `"><img src=x onerror=1>`, strings.Repeat("长", 500), "", " ", "&#0;", "{{.}}"}

func hostilePage(name, text string) *Page {
	s := service("chat", name)
	s.Components[0].Name = text
	in := incidentOf(s, model.Open, model.Critical)
	in.UserReports.Name = name
	in.UserReports.Parts[0].Name = text
	in.UserReports.Cause = model.Cause{Kind: model.CauseShared, Text: text}
	in.UserReports.Fraud = model.Fraud{Suspected: true, Text: text}
	return &Page{Base: "https://status.example", Now: noon, Services: []*model.ServiceNow{{Service: s, Incident: &in, Why: text}}}
}

// wellFormed reads every token and returns the names of elements.
func wellFormed(t *testing.T, b []byte) []string {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(string(b)))
	var names []string
	for {
		tok, err := d.Token()
		if err != nil {
			if err.Error() != "EOF" {
				t.Fatalf("not XML: %v\n%s", err, b)
			}
			return names
		}
		if s, ok := tok.(xml.StartElement); ok {
			names = append(names, s.Name.Local)
		}
	}
}

func checkHostile(t *testing.T, p *Page) {
	t.Helper()
	for name, b := range documents(p) {
		switch filepath.Ext(name) {
		case ".json":
			if !json.Valid(b) {
				t.Fatalf("%s is no JSON: %s", name, b)
			}
			if strings.ContainsAny(string(b), "<>") {
				t.Fatalf("%s holds markup: %s", name, b)
			}
		default:
			for _, e := range wellFormed(t, b) {
				if slices.Contains([]string{"script", "img", "a", "foreignObject"}, e) {
					t.Fatalf("%s holds <%s>", name, e)
				}
			}
		}
	}
	var f atomFeed
	if err := xml.Unmarshal(p.Atom("/feed.atom"), &f); err != nil {
		t.Fatal(err)
	}
	for _, e := range f.Entries { // the content is HTML inside of XML
		text := e.Content.Text
		for _, ours := range []string{"<ul>", "</ul>", "<li>", "</li>", "</time>", `<time datetime="`, `">`} {
			text = strings.ReplaceAll(text, ours, "")
		}
		if strings.ContainsAny(text, "<>") {
			t.Fatalf("content holds markup: %s", e.Content.Text)
		}
	}
}

func TestHostileNames(t *testing.T) {
	for _, name := range hostile {
		for _, text := range hostile {
			p := hostilePage(name, text)
			checkHostile(t, p)
			checkHostile(t, only(p, "chat"))
		}
	}
}

func FuzzEscaping(f *testing.F) {
	for i, name := range hostile {
		f.Add(name, hostile[len(hostile)-1-i])
	}
	f.Fuzz(func(t *testing.T, name, text string) {
		p := hostilePage(name, text)
		checkHostile(t, p)
		checkHostile(t, only(p, "chat"))
	})
}
