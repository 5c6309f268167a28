package report

import (
	"fmt"
	"regexp"
	"strings"

	"floodmark/internal/model"
	"floodmark/internal/text"
	"floodmark/internal/wording"
)

// maxLines is the most lines that Text gives: 40 less one, in which the caller
// says where it put the files.
const maxLines = 39

// maxWidth is the most columns that Text uses, however wide the terminal is.
const maxWidth = 100

const minWidth = 40

// Text writes a for a terminal of width columns: the verdict first, then the
// target, size, vectors, sources, claims, what to know of the recording and
// what it cannot show. Parts of little weight are left out where they would
// not fit; it says how many. Color adds ANSI emphasis. The text ends with a
// newline.
func Text(a *model.Analysis, width int, color bool) string {
	if width <= 0 || width > maxWidth {
		width = maxWidth
	}
	p := &printer{width: max(width, minWidth), color: color}
	p.head(a)
	p.gap()
	if wording.PublicOnly(a) {
		p.field(must, "traffic", "none towards this service was recorded here: this is what is seen from outside")
		p.claims(a)
	} else if a.Attack == model.AttackNo || a.Target == nil && len(a.Vectors) == 0 {
		p.calm(a)
	} else {
		p.attack(a)
	}
	if !wording.PublicOnly(a) {
		p.recording(a)
	}
	p.gap()
	p.foot(a)
	return p.fit()
}

func (p *printer) head(a *model.Analysis) {
	if a.Synthetic {
		what := "traffic of a scenario, not an attack"
		if a.Outage != nil {
			what = "reports and traffic of a scenario, not an incident"
		}
		p.line(must, bold, "SYNTHETIC: made-up "+what+" that happened.")
	}
	switch {
	case a.Redacted && a.Outage != nil:
		p.line(must, plain, "Redacted: “target” stands for the service's addresses, third parties' are shown as networks.")
	case a.Redacted:
		p.line(must, plain, "Redacted: third parties' addresses are shown as networks.")
	}
	if a.Outage != nil {
		p.outage(a)
	}
	if wording.PublicOnly(a) {
		return
	}
	mark := map[model.AttackVerdict]string{model.AttackYes: "■ ATTACK", model.AttackNo: "○ NO ATTACK"}[a.Attack]
	if mark == "" {
		mark = "◪ UNDECIDED"
	}
	story := a.Summary
	if len(story) > 0 && story[0].Text != "" {
		text := strings.TrimSuffix(wording.Sentence(story[0].Text, 240), ".")
		if rest, ok := strings.CutPrefix(text, "No attack "); ok && a.Attack == model.AttackNo {
			text = mark + " " + rest
		} else {
			text = mark + ": " + text
		}
		p.headline(text, story[0].Evidence)
		story = story[1:]
	} else {
		p.headline(mark+": "+wording.Headline(a), nil)
	}
	for i, s := range story[:min(len(story), 4)] {
		p.para(should+4-rank(i), s.Text, s.Evidence)
	}
}

// headline is the verdict with the first sentence of the summary.
func (p *printer) headline(text string, ids []string) {
	p.blocks = append(p.blocks, block{must, bold, wrap(text+" "+cite(ids), p.width, 2)})
}

// calm is what a quiet recording says: why nothing was found.
func (p *printer) calm(a *model.Analysis) {
	p.section("why")
	for i, s := range a.AttackReasons {
		if i == 4 {
			p.line(could, plain, fmt.Sprintf("and %d more in the full report", len(a.AttackReasons)-i))
			break
		}
		p.para(should, s.Text, s.Evidence)
	}
	p.field(should, "when", when(a))
	p.field(should, "traffic", fmt.Sprintf("%s packets, %s", text.Count(float64(a.Background.Packets)), text.Bytes(float64(a.Background.Bytes))))
	for i, o := range a.Background.Ordinary {
		if i == 4 {
			break
		}
		p.field(could, "", fmt.Sprintf("%s %s", text.Percent(o.Share), text.Clean(wording.Class(o.Value), 80)))
	}
	p.claims(a)
}

func (p *printer) attack(a *model.Analysis) {
	if t := a.Target; t != nil {
		p.field(must, "target", target(t))
	}
	p.field(must, "when", when(a))
	p.size(a)
	p.vectors(a)
	p.sources(a)
	p.claims(a)
	for i, f := range a.Families {
		if i == 2 {
			break
		}
		p.field(should, "looks like", fmt.Sprintf("%s: %s indication, %s; not exclusive %s", upper(f.Name, 60), text.Clean(f.Grade, 20), text.Clean(f.Likelihood, 40), cite(f.Evidence)))
	}
}

func target(t *model.Target) string {
	if len(t.Prefixes) > 0 && t.Prefixes[0] == "target" { // hidden in the redacted form
		return "withheld: the service's own addresses"
	}
	s := strings.Join(clean(t.Prefixes, 3), ", ")
	s = strings.ReplaceAll(s, "/32", "")
	s = strings.ReplaceAll(s, "/128", "")
	if n := len(t.Prefixes) - 3; n > 0 {
		s += fmt.Sprintf(" and %d more", n)
	}
	if t.Hosts > 1 {
		s += fmt.Sprintf(", %s hosts", text.Count(float64(t.Hosts)))
	}
	if t.Trait == "carpet-bombing" {
		s += ", spread over the prefix (carpet bombing)"
	}
	if t.Given {
		s += ", as given"
	}
	return s + map[string]string{"inbound-only": "; only traffic towards it was recorded", "outbound-only": "; only its own traffic was recorded"}[t.Reachable]
}

func when(a *model.Analysis) string {
	seconds := a.Totals.Seconds
	if seconds <= 0 {
		seconds = text.SecondsBetween(a.First, a.Last)
	}
	return fmt.Sprintf("%s (%s)", text.Span(a.First, a.Last), text.Duration(seconds))
}

func (p *printer) size(a *model.Analysis) {
	t := a.Totals
	p.field(must, "peak", fmt.Sprintf("%s packets/s, %s in one second", text.Count(t.PeakPPS), text.Bits(t.PeakBPS)))
	s := fmt.Sprintf("%s packets%s, %s%s", text.Count(t.Packets.Value), in(wording.CountRange(t.Packets)), text.Bytes(t.Bytes.Value), in(wording.ByteRange(t.Bytes)))
	if f := t.Sampling.From; f != "none" && f != "" {
		s += "; sampled 1 in " + rates(t.Sampling.Rates) + ", intervals at 95 %"
	}
	p.field(must, "in all", s)
}

func in(s string) string {
	if s == "" {
		return ""
	}
	return " (" + s + ")"
}

func rates(r []uint32) string {
	s := []string{}
	for i, v := range r {
		if i == 3 {
			s = append(s, "…")
			break
		}
		s = append(s, text.Count(float64(v)))
	}
	return strings.Join(s, " and ")
}

func (p *printer) sources(a *model.Analysis) {
	s := a.Totals.Sources
	line := text.Count(float64(s.Observed)) + " addresses"
	if s.Bound == "lower-bound" {
		line = "at least " + line
	}
	if e := s.Effective; e != nil {
		line += fmt.Sprintf("; effective number %s%s", text.Count(e.Value), in(wording.CountRange(*e)))
	}
	p.field(must, "sources", line)
	if v := a.Spoofing; v.Verdict != "" && v.Verdict != model.SpoofNotApplicable {
		p.field(must, "are they real", wording.Spoof(v.Verdict))
	}
	if a.Spoofing.Verdict == model.SpoofSpoofed {
		p.field(should, "from where", "cannot be told: the source addresses are forged")
		return
	}
	if a.Geo.Status != "looked-up" {
		p.field(should, "from where", "not looked up: no address data is installed")
		return
	}
	p.field(should, "countries", countries(a))
	if n := networks(a); n != "" {
		p.field(could, "networks", n)
	}
}

func countries(a *model.Analysis) string {
	s, known, ranges := []string{}, 0, false
	for _, c := range a.Countries {
		if c.Code == "unknown" {
			continue
		}
		if known++; known <= 4 {
			s = append(s, fmt.Sprintf("%s %s%s", text.Clean(c.Name, 30), text.Percent(c.Share.Value), in(wording.Range(c.Population))))
			ranges = ranges || !wording.Complete(c.Population)
		}
	}
	if known > 4 {
		s = append(s, fmt.Sprintf("and %d more", known-4))
	}
	for _, c := range a.Countries {
		if c.Code == "unknown" {
			s = append(s, "not located "+text.Percent(c.Share.Value))
		}
	}
	text := strings.ReplaceAll(strings.Join(s, ", "), ", and", " and")
	if ranges {
		text += "; in brackets: of the population of sources, 95 %"
	}
	return text
}

func networks(a *model.Analysis) string {
	s := []string{}
	for _, n := range a.Networks {
		if len(s) < 3 && n.ASN != 0 {
			s = append(s, fmt.Sprintf("AS%d %s %s", n.ASN, text.Clean(n.Name, 24), text.Percent(n.Share.Value)))
		}
	}
	return strings.Join(s, ", ")
}

func (p *printer) claims(a *model.Analysis) {
	marks := map[model.Verdict]string{model.Supported: "✓", model.Contradicted: "✗"}
	for i, c := range a.Claims {
		if i == 8 {
			p.field(should, "", fmt.Sprintf("%d more claims in the full report", len(a.Claims)-i))
			break
		}
		m := marks[c.Verdict]
		if m == "" {
			m = "?"
		}
		name := ""
		if i == 0 {
			name = "claims"
		}
		s := fmt.Sprintf("%s %s: %s", m, strings.ToUpper(wording.Verdict(c.Verdict)), reading(c))
		p.field(should, name, s+in(text.Bounds(c.Low, c.High, c.Unit))+" "+cite(c.Evidence))
	}
}

var bracketed = regexp.MustCompile(` \([^()]*\)`)

// reading is a claim as it was read, without its small print.
func reading(c model.Claim) string {
	return text.Clean(bracketed.ReplaceAllString(text.Clean(c.Reading, 240), ""), 120)
}

func upper(s string, n int) string { return strings.TrimSuffix(wording.Sentence(s, n), ".") }

func (p *printer) recording(a *model.Analysis) {
	for i, f := range a.Findings {
		if i == 5 {
			break
		}
		name := "recording"
		if i > 0 {
			name = ""
		}
		r := could
		if f.Severity == "caution" {
			r = should
		}
		p.field(r, name, wording.Sentence(f.Text, 200)+" "+cite(f.Evidence))
	}
	if n := skipped(a); n > 0 {
		p.field(should, "skipped", fmt.Sprintf("%s records or parts of inputs were not analysed%s; the full report says why", text.Count(float64(n)), worst(a)))
	}
}

// worst names the first input that was lost or cut, and why.
func worst(a *model.Analysis) string {
	for _, in := range a.Inputs {
		for _, s := range in.Skipped {
			if !in.Analysed || strings.HasPrefix(s.Reason, "truncated") {
				return fmt.Sprintf(" (%s: %s)", text.Clean(in.Name, 40), text.Clean(s.Example, 120))
			}
		}
	}
	return ""
}

// skipped counts records, and inputs that were not analysed at all.
func skipped(a *model.Analysis) uint64 {
	var n uint64
	for _, in := range a.Inputs {
		for _, s := range in.Skipped {
			n += max(s.Records, 1)
		}
	}
	return n
}

func (p *printer) foot(a *model.Analysis) {
	q := []string{}
	for i, u := range a.NotAnswerable {
		if i == 4 {
			q = append(q, fmt.Sprintf("And %d more.", len(a.NotAnswerable)-i))
			break
		}
		q = append(q, wording.Words(text.Clean(u.Question, 80)))
	}
	if len(q) > 0 {
		p.field(should, "cannot show", strings.Join(q, " "))
	}
	root := ""
	if a.Integrity != nil {
		root = "; root " + text.Clean(a.Integrity.Root, 16)
		if a.Integrity.Signature != nil {
			root += ", signed"
		}
	}
	p.line(must, faint, fmt.Sprintf("Full report: --html FILE or --json (%d items of evidence%s).", len(a.Evidence), root))
}

func clean(in []string, n int) []string {
	out := []string{}
	for i, s := range in {
		if i == n {
			break
		}
		out = append(out, text.Clean(s, 60))
	}
	return out
}

// cite names the evidence of a sentence.
func cite(ids []string) string {
	if len(ids) == 0 {
		return ""
	}
	more := ""
	if len(ids) > 3 {
		more = ",…"
	}
	return "[" + strings.Join(clean(ids, 3), ",") + more + "]"
}
