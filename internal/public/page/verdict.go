package page

import (
	"cmp"
	"html/template"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"floodmark/internal/chart"
	"floodmark/internal/model"
)

// named is the likelihood above which evidence/cause names a cause.
const named = 0.55

// verdictOf is what brought an incident about, and what that rests on.
type verdictOf struct {
	Decided         bool
	Lead, Likeliest string
	Confidence, Why string
	Text            string // one sentence of the assessment, in English
	Causes          []causeRow
	Named, Whole    string // where a cause is named, and all of them
	About           string
	For, Against    []reasonRow
	Others          []otherCause
	Changes         []string
	Outside         string // what reports alone say, "" where they are all there is
	OutsideText     string // in English
}

// causeRow is how likely a cause is.
type causeRow struct {
	Name, Words, Share, Width string
	Lead                      bool
}

// reasonRow is an observation with its weight.
type reasonRow struct {
	Signal, Class      string
	Text               string
	Times, Word, Width string
}

// otherCause is the evidence on a cause that is not the likeliest.
type otherCause struct {
	Name         string
	For, Against []reasonRow
}

const (
	maxCauses  = 8
	maxReasons = 4 // for, and against, one cause
	maxOther   = 1 // of the other causes
	maxChanges = 5
	maxWeight  = 2 // log10 of what fills a bar
)

func newVerdict(l *locale, in *model.Incident) *verdictOf {
	a := in.Assessment
	if a == nil || len(a.Causes) == 0 {
		return nil
	}
	lead := a.Causes[0].Cause
	v := &verdictOf{Decided: decided(a), Confidence: l.confidence(a), Why: l.closed("confidence.", string(a.Confidence)+".why"),
		Named: chart.Percent(named), Whole: l.t("verdict.causes.note", l.pct(1), l.pct(named)), About: l.causeName(lead)}
	if v.Decided {
		v.Lead, v.Text = l.t("verdict.lead", upper(l.sure(in))), because(a.Text)
	} else {
		v.Lead = l.t("verdict.undecided" + over(in))
		v.Likeliest = l.t("verdict.likeliest", l.causeIn(in, lead), l.pct(a.Likelihood), l.pct(named))
	}
	for i, c := range a.Causes {
		if i < maxCauses {
			v.Causes = append(v.Causes, causeRow{l.causeName(c.Cause), l.icd(c.Words), l.pct(c.Likelihood), chart.Percent(chart.Clamp(c.Likelihood)), i == 0 && v.Decided})
		}
	}
	if o := in.Outside; o != nil && len(o.Causes) > 0 {
		from := model.Incident{Header: model.Header{State: in.State, Opened: in.Opened},
			ServiceIncident: model.ServiceIncident{UserReports: in.UserReports, Assessment: o}}
		v.Outside, v.OutsideText = l.t("verdict.undecided"+over(in)), clean(400, o.Text)
		if decided(o) {
			v.Outside = l.t("verdict.lead", upper(l.sure(&from)))
		}
	}
	v.For, v.Against = l.reasons(a, lead)
	for i, c := range a.Causes {
		if i == 0 || i >= maxCauses {
			continue
		}
		if yes, no := l.reasons(a, c.Cause); len(yes)+len(no) > 0 {
			v.Others = append(v.Others, otherCause{l.causeName(c.Cause), yes[:min(len(yes), maxOther)], no[:min(len(no), maxOther)]})
		}
	}
	for i, s := range a.Changes {
		if i < maxChanges {
			v.Changes = append(v.Changes, clean(300, s))
		}
	}
	return v
}

// because is what follows the colon of an assessment's sentence: what comes
// before it is said already, in the reader's language.
func because(s string) string {
	_, why, ok := strings.Cut(clean(400, s), ": ")
	if !ok {
		return ""
	}
	return upper(why)
}

func decided(a *model.Assessment) bool { return a.Cause != model.NoCause && a.Cause != "" }

// over tells the forms of a sentence apart that are of what has ended.
func over(in *model.Incident) string {
	if in.State == model.Closed {
		return ".closed"
	}
	return ""
}

// reasons are those for and against one cause, the heaviest first.
func (l *locale) reasons(a *model.Assessment, of model.CauseName) (yes, no []reasonRow) {
	all := slices.Clone(a.Reasons)
	slices.SortStableFunc(all, func(x, y model.Reason) int {
		return cmp.Compare(math.Abs(finite(y.Weight)), math.Abs(finite(x.Weight)))
	})
	for i := range all {
		r := &all[i]
		w := math.Abs(finite(r.Weight))
		if r.Cause != of || w == 0 {
			continue
		}
		row := reasonRow{Signal: l.signal(r.Signal), Class: cmp.Or(string(r.Signal), "history"), Text: clean(200, r.Text),
			Times: l.few(math.Pow(10, min(w, 6))) + "×", Word: l.t("weight." + weightWord(w)), Width: chart.Percent(w / maxWeight)}
		if l.strings["signal."+row.Class] == "" {
			row.Class = "history"
		}
		switch {
		case r.Weight > 0 && len(yes) < maxReasons:
			yes = append(yes, row)
		case r.Weight < 0 && len(no) < maxReasons:
			no = append(no, row)
		}
	}
	return yes, no
}

func weightWord(w float64) string {
	switch {
	case w >= 1:
		return "strong"
	case w >= 0.5:
		return "clear"
	case w >= 0.2:
		return "some"
	}
	return "slight"
}

// finite makes 0 of what is no number.
func finite(v float64) float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	return v
}

func (l *locale) signal(s model.Signal) string {
	if s == "" {
		return l.t("signal.history")
	}
	return l.closed("signal.", string(s))
}

func (l *locale) causeName(c model.CauseName) string { return l.closed("cause.name.", string(c)) }

// causeIn is a cause within a sentence.
func (l *locale) causeIn(in *model.Incident, c model.CauseName) string {
	if by := userReportsOf(in).Cause; c == model.Elsewhere && by.Kind == model.CauseElsewhere && by.Name != "" {
		return l.t("cause.of.elsewhere.named", clean(60, by.Name))
	}
	return l.closed("cause.of.", string(c))
}

// icd is the words of a likelihood, after ICD 203.
func (l *locale) icd(words string) string {
	return l.closed("icd.", strings.ReplaceAll(words, " ", "-"))
}

func (l *locale) confidence(a *model.Assessment) string {
	return l.t("confidence", l.closed("confidence.", string(a.Confidence)))
}

// sure is the assessment within a sentence: "very likely an attack", "" of a
// mere suspicion.
func (l *locale) sure(in *model.Incident) string {
	a := in.Assessment
	switch {
	case in.Opened == 0:
		return ""
	case a == nil || len(a.Causes) == 0 || !decided(a):
		return l.t("head.nocause" + over(in))
	}
	key := "sure." + strings.ReplaceAll(a.Words, " ", "-")
	if l.strings[key] == "" {
		key = "sure.likely" // a cause is not named below that
	}
	return l.t(key, l.causeIn(in, a.Cause))
}

// upper begins a sentence.
func upper(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

// headed is the one sentence that comes first: what users report, and what
// brought it about.
func (l *locale) headed(in *model.Incident, name string) template.HTML {
	head := l.h("incident.head."+stateKey(in), name)
	if sure := l.sure(in); sure != "" && stateKey(in) != "dismissed" && in.FalseAlarm == nil {
		return l.h("head.cause", head, sure)
	}
	return head
}
