package report

import (
	"fmt"
	"regexp"
	"strings"

	"floodmark/internal/model"
	"floodmark/internal/report/figure"
)

// MaxLines is the most lines that Text gives: 40 less one, in which the caller
// says where it put the files.
const MaxLines = 39

// MaxWidth is the most columns that Text uses, however wide the terminal is.
const MaxWidth = 100

const minWidth = 40

// Text writes a for a terminal of width columns: the verdict first, then the
// target, size, vectors, sources, claims, what to know of the recording and
// what it cannot show. Parts of little weight are left out where they would
// not fit; it says how many. Color adds ANSI emphasis. The text ends with a
// newline.
func Text(a *model.Analysis, width int, color bool) string {
	if width <= 0 || width > MaxWidth {
		width = MaxWidth
	}
	p := &printer{width: max(width, minWidth), color: color}
	p.head(a)
	p.gap()
	if figure.Outside(a) {
		p.field(must, "traffic", "none towards this service was recorded here: this is what is seen from outside")
		p.claims(a)
	} else if a.Attack == model.AttackNo || a.Target == nil && len(a.Vectors) == 0 {
		p.calm(a)
	} else {
		p.attack(a)
	}
	if !figure.Outside(a) {
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
	if figure.Outside(a) {
		return
	}
	mark := map[model.Presence]string{model.AttackYes: "■ ATTACK", model.AttackNo: "○ NO ATTACK"}[a.Attack]
	if mark == "" {
		mark = "◪ UNDECIDED"
	}
	story := a.Summary
	if len(story) > 0 && story[0].Text != "" {
		text := strings.TrimSuffix(figure.Sentence(story[0].Text, 240), ".")
		if rest, ok := strings.CutPrefix(text, "No attack "); ok && a.Attack == model.AttackNo {
			text = mark + " " + rest
		} else {
			text = mark + ": " + text
		}
		p.headline(text, story[0].Evidence)
		story = story[1:]
	} else {
		p.headline(mark+": "+figure.Headline(a), nil)
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
	p.field(should, "traffic", fmt.Sprintf("%s packets, %s", figure.Count(float64(a.Background.Packets)), figure.Bytes(float64(a.Background.Bytes))))
	for i, o := range a.Background.Ordinary {
		if i == 4 {
			break
		}
		p.field(could, "", fmt.Sprintf("%s %s", figure.Percent(o.Share), figure.Clean(figure.Class(o.Value), 80)))
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
		p.field(should, "looks like", fmt.Sprintf("%s: %s indication, %s; not exclusive %s", upper(f.Name, 60), figure.Clean(f.Grade, 20), figure.Clean(f.Likelihood, 40), cite(f.Evidence)))
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
		s += fmt.Sprintf(", %s hosts", figure.Count(float64(t.Hosts)))
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
		seconds = figure.Between(a.First, a.Last)
	}
	return fmt.Sprintf("%s (%s)", figure.Span(a.First, a.Last), figure.Duration(seconds))
}

func (p *printer) size(a *model.Analysis) {
	t := a.Totals
	p.field(must, "peak", fmt.Sprintf("%s packets/s, %s in one second", figure.Count(t.PeakPPS), figure.Bits(t.PeakBPS)))
	s := fmt.Sprintf("%s packets%s, %s%s", figure.Count(t.Packets.Value), in(figure.CountRange(t.Packets)), figure.Bytes(t.Bytes.Value), in(figure.ByteRange(t.Bytes)))
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
		s = append(s, figure.Count(float64(v)))
	}
	return strings.Join(s, " and ")
}

func (p *printer) sources(a *model.Analysis) {
	s := a.Totals.Sources
	text := figure.Count(float64(s.Observed)) + " addresses"
	if s.Bound == "lower-bound" {
		text = "at least " + text
	}
	if e := s.Effective; e != nil {
		text += fmt.Sprintf("; effective number %s%s", figure.Count(e.Value), in(figure.CountRange(*e)))
	}
	p.field(must, "sources", text)
	if v := a.Spoofing; v.Verdict != "" && v.Verdict != model.SpoofNotApplicable {
		p.field(must, "are they real", figure.Spoof(v.Verdict))
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
			s = append(s, fmt.Sprintf("%s %s%s", figure.Clean(c.Name, 30), figure.Percent(c.Share.Value), in(figure.Range(c.Population))))
			ranges = ranges || !figure.Complete(c.Population)
		}
	}
	if known > 4 {
		s = append(s, fmt.Sprintf("and %d more", known-4))
	}
	for _, c := range a.Countries {
		if c.Code == "unknown" {
			s = append(s, "not located "+figure.Percent(c.Share.Value))
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
			s = append(s, fmt.Sprintf("AS%d %s %s", n.ASN, figure.Clean(n.Name, 24), figure.Percent(n.Share.Value)))
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
		s := fmt.Sprintf("%s %s: %s", m, strings.ToUpper(figure.Verdict(c.Verdict)), reading(c))
		p.field(should, name, s+in(figure.Bounds(c.Low, c.High, c.Unit))+" "+cite(c.Evidence))
	}
}

var bracketed = regexp.MustCompile(` \([^()]*\)`)

// reading is a claim as it was read, without its small print.
func reading(c model.Claim) string {
	return figure.Clean(bracketed.ReplaceAllString(figure.Clean(c.Reading, 240), ""), 120)
}

func upper(s string, n int) string { return strings.TrimSuffix(figure.Sentence(s, n), ".") }

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
		p.field(r, name, figure.Sentence(f.Text, 200)+" "+cite(f.Evidence))
	}
	if n := skipped(a); n > 0 {
		p.field(should, "skipped", fmt.Sprintf("%s records or parts of inputs were not analysed%s; the full report says why", figure.Count(float64(n)), worst(a)))
	}
}

// worst names the first input that was lost or cut, and why.
func worst(a *model.Analysis) string {
	for _, in := range a.Inputs {
		for _, s := range in.Skipped {
			if !in.Analysed || strings.HasPrefix(s.Reason, "truncated") {
				return fmt.Sprintf(" (%s: %s)", figure.Clean(in.Name, 40), figure.Clean(s.Example, 120))
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
		q = append(q, figure.Words(figure.Clean(u.Question, 80)))
	}
	if len(q) > 0 {
		p.field(should, "cannot show", strings.Join(q, " "))
	}
	root := ""
	if a.Integrity != nil {
		root = "; root " + figure.Clean(a.Integrity.Root, 16)
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
		out = append(out, figure.Clean(s, 60))
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
