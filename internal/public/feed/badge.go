package feed

import (
	"bytes"
	"fmt"
	"html"
	"strings"

	"floodmark/internal/model"
	"floodmark/internal/text"
)

// look is how a state looks on a badge. All colours carry white text with a
// contrast of 4.5 or more (WCAG 2.2, 1.4.3), on light and dark pages alike.
type look struct {
	word, colour, named string // named is the colour as shields.io knows it
	shape               string // path in a square of 14
}

var (
	usual    = look{"no unusual reports", "#1a7f37", "brightgreen", "M7 1a6 6 0 1 0 0 12A6 6 0 0 0 7 1Z"}
	unknown  = look{"not enough history", "#57606a", "lightgrey", "M2 2H12V12H2ZM4 4V10H10V4Z"}
	watching = look{"reports easing", "#0a66b7", "blue", "M7 1L13 7L7 13L1 7Z"}
	minor    = look{"users report problems", "#9a5b00", "yellow", "M7 1L13.5 13H.5Z"}
	major    = look{"many users report problems", "#b42318", "orange", "M4.5 1H9.5L13 4.5V9.5L9.5 13H4.5L1 9.5V4.5Z"}
)

// lookOf returns how the page looks as one badge.
func (p *Page) lookOf() look {
	worst, easing := 0, false
	for _, s := range p.services() {
		if g := grave(s.Incident); g > 0 {
			easing = easing || s.Incident.State == model.Easing
			if s.Incident.State != model.Easing {
				worst = max(worst, g)
			}
		}
	}
	switch {
	case worst == 2:
		return major
	case worst == 1:
		return minor
	case easing:
		return watching
	case p.Only != nil && p.Only.Why != "":
		return unknown
	}
	return usual
}

// label is the left half of a badge.
func (p *Page) label() string {
	if p.Only == nil {
		return "Floodmark"
	}
	return text.Clip(clean(p.Only.Service.Name, p.Only.Service.Slug), 30)
}

// Shield is the document of a shields.io endpoint
// (https://shields.io/badges/endpoint-badge).
func (p *Page) Shield() []byte {
	l := p.lookOf()
	return encode(struct {
		Schema  int    `json:"schemaVersion"`
		Label   string `json:"label"`
		Message string `json:"message"`
		Color   string `json:"color"`
	}{1, p.label(), l.word, l.named})
}

// Badge is an SVG of 20 pixels height: the state in a word, a shape and a
// colour. It holds no script, no link and nothing from elsewhere.
func (p *Page) Badge() []byte {
	l, label := p.lookOf(), p.label()
	left, right := width(label), width(l.word)
	a := left + 12 // 6 pixels on both sides
	all := a + 6 + 14 + 5 + right + 6
	var b bytes.Buffer
	name := html.EscapeString(label)
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="20" viewBox="0 0 %d 20" role="img" aria-label="%s: %s">`, all, all, name, l.word)
	fmt.Fprintf(&b, `<title>%s: %s</title><desc>%s</desc>`, name, l.word, html.EscapeString(p.describe()))
	fmt.Fprintf(&b, `<rect width="%d" height="20" rx="4" fill="#32383f"/>`, all)
	fmt.Fprintf(&b, `<path d="M%d 0H%da4 4 0 0 1 4 4V16a4 4 0 0 1-4 4H%dZ" fill="%s"/>`, a, all-4, a, l.colour)
	// A light line around it keeps the dark half apart from a dark page.
	fmt.Fprintf(&b, `<rect x=".5" y=".5" width="%d" height="19" rx="3.5" fill="none" stroke="#fff" stroke-opacity=".35"/>`, all-1)
	fmt.Fprintf(&b, `<path transform="translate(%d 3)" d="%s" fill="#fff" fill-rule="evenodd"/>`, a+6, l.shape)
	b.WriteString(`<g fill="#fff" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11">`)
	fmt.Fprintf(&b, `<text x="6" y="14" textLength="%d" lengthAdjust="spacingAndGlyphs">%s</text>`, left, name)
	fmt.Fprintf(&b, `<text x="%d" y="14" textLength="%d" lengthAdjust="spacingAndGlyphs">%s</text></g></svg>`, a+25, right, l.word)
	return append(b.Bytes(), '\n')
}

// width is about how many pixels a text needs at 11 pixels in Verdana; the text
// is set to exactly that. Three classes of letters are near enough.
func width(s string) int {
	w := 0.0
	for _, r := range s {
		switch {
		case strings.ContainsRune("ijlI.,:;'|!()[] ftr", r):
			w += 4.4
		case strings.ContainsRune("mwMW@%—…", r):
			w += 10.2
		case r < 0x250 && 'A' <= r && r <= 'Z':
			w += 7.7
		case r < 0x1100:
			w += 6.9
		default: // scripts whose letters are as wide as high
			w += 11
		}
	}
	return max(int(w+0.5), 1)
}
