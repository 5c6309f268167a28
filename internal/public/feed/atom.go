package feed

import (
	"cmp"
	"encoding/xml"
	"html"
	"strings"
	"time"

	"github.com/google/uuid"

	"floodmark/internal/model"
)

type atomFeed struct {
	XMLName  xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	ID       string      `xml:"id"`
	Title    string      `xml:"title"`
	Subtitle string      `xml:"subtitle"`
	Updated  string      `xml:"updated"`
	Author   string      `xml:"author>name"`
	Links    []atomLink  `xml:"link"`
	Entries  []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	ID        string   `xml:"id"`
	Title     string   `xml:"title"`
	Published string   `xml:"published"`
	Updated   string   `xml:"updated"`
	Link      atomLink `xml:"link"`
	Summary   string   `xml:"summary"`
	Content   atomText `xml:"content"`
}

type atomText struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

// Atom is the feed (RFC 4287) of the incidents, the newest first: one entry
// each, with all that was said of it. self is the path of the feed itself.
func (p *Page) Atom(self string) []byte {
	f := atomFeed{ID: p.urn("feed/" + p.pageID()), Title: "Floodmark: problems that users report", Author: "Floodmark",
		Subtitle: "From reports of users. Reports alone cannot tell that a service is down."}
	home := "/"
	if p.Synthetic != "" {
		f.Subtitle = "Synthetic: nothing of this happened, the scenario " + line(p.Synthetic, maxName) + " is replayed."
	}
	if p.Only != nil {
		name := clean(p.Only.Service.Name, p.Only.Service.Slug)
		f.Title, home = "Floodmark: problems with "+name+" that users report", "/s/"+p.Only.Service.Slug
	}
	f.Title = p.marked(f.Title)
	f.Links = []atomLink{{"self", "application/atom+xml", p.Base + self}, {"alternate", "text/html", p.link(home)}}
	newest := int64(0)
	for _, in := range p.incidents() {
		e, at := p.entry(&in)
		newest = max(newest, at)
		f.Entries = append(f.Entries, e)
	}
	for _, s := range p.services() {
		newest = max(newest, s.Since)
	}
	f.Updated = rfc3339(cmp.Or(newest, p.Now.UnixNano()))
	b, err := xml.MarshalIndent(f, "", " ")
	if err != nil { // text and attributes only: nothing can fail
		panic("feed: " + err.Error())
	}
	return append([]byte(xml.Header), append(b, '\n')...)
}

func (p *Page) entry(in *model.Incident) (atomEntry, int64) {
	changes := p.updates(in)
	last := &changes[len(changes)-1]
	var b strings.Builder
	b.WriteString("<ul>")
	for i := range changes {
		at := rfc3339(changes[i].At)
		b.WriteString(`<li><time datetime="` + at + `">` + time.Unix(0, changes[i].At).UTC().Format("2 January 2006, 15:04 UTC") + "</time>: " + html.EscapeString(p.body(&changes[i])) + "</li>")
	}
	b.WriteString("</ul>")
	return atomEntry{
		ID: p.urn("incident/" + in.ID), Title: p.title(in) + " (" + word(in) + ")",
		Published: rfc3339(in.Opened), Updated: rfc3339(last.At),
		Link:    atomLink{"alternate", "text/html", p.link("/i/" + in.ID)},
		Summary: p.body(last), Content: atomText{"html", b.String()},
	}, last.At
}

func rfc3339(ns int64) string { return time.Unix(0, ns).UTC().Format(time.RFC3339) }

// urn is the name of a feed or entry (RFC 4287 section 4.2.6): a UUID of version 5
// (RFC 9562 section 5.5), so that it stays when the address of the pages changes,
// and is that of no other installation.
func (p *Page) urn(what string) string { return uuid.NewSHA1(p.Instance, []byte(what)).URN() }
