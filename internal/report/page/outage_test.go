package page

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"

	"floodmark/internal/model"
	"floodmark/internal/report/reporttest"
)

// text is what a reader sees of a page, on one line.
func textOf(page string) string {
	body := regexp.MustCompile(`(?s)<style>.*?</style>|<[^>]+>`).ReplaceAllString(page, " ")
	return strings.Join(strings.Fields(strings.ReplaceAll(body, "\u00a0", " ")), " ")
}

func TestOutageComesFirst(t *testing.T) {
	page := render(t, reporttest.Outage())
	s := textOf(page)
	order := []string{"Users reported problems with Example Archive: 626 in 15 minutes at the peak, where 4.4 are usual", "an attack", "almost certain", "97 %",
		"high", "Reports and traffic over time", "Traffic evidence shows an attack when this began.", "251 times likelier", "Against it",
		"One place stands out", "What would change it", "73.1 %", "71.4–74.7 %", "Netherlands", "1.82 ×", "1.55–2.11", "No answer to a connection within 5 s.",
		"“country=UA majority of packets”", "a broadcaster, evening news, 10 March 2025, 10:00 UTC", "contradicted", "How the verdicts changed", "10:26", "The traffic", "A UDP flood"}
	at := 0
	for _, want := range order {
		i := strings.Index(s[at:], want)
		if i < 0 {
			t.Fatalf("%q does not follow what stands before it", want)
		}
		at += i
	}
	if !strings.Contains(page, "<title>Synthetic: Users reported problems with Example Archive") {
		t.Error("the title does not name the service")
	}
	if n := strings.Count(page, `>5</text>`); n < 2 {
		t.Errorf("the fifth wave is marked %d times, want on both widths", n)
	}
	if strings.Count(s, "“country=UA majority of packets”") != 1 {
		t.Error("a claim of the incident is told twice")
	}
	if strings.Contains(textOf(render(t, reporttest.Cameras())), "reports") {
		t.Error("a recording by itself speaks of reports")
	}
}

func TestOutsideReadsWell(t *testing.T) {
	s := textOf(render(t, reporttest.Outside()))
	for _, want := range []string{"No traffic towards this service was recorded here.", "Reports over time", "undecided", "the likeliest is a fault of its own", "Not answerable from this data"} {
		if !strings.Contains(s, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if m := regexp.MustCompile(`(^| )0 (packets|bit/s|B|s)\b|About the recording|Background|NaN|records 0|1970`).FindString(s); m != "" {
		t.Errorf("the page speaks of %q", m)
	}
}

// TestPlanlessOutage wants a page of what an incident holds at its very beginning.
func TestPlanlessOutage(t *testing.T) {
	a := reporttest.Outside()
	a.Outage = &model.OutageReport{Name: "X", State: "suspected", Buckets: []model.ReportBucket{{At: "nonsense"}}, Traffic: []model.TrafficBucket{{At: "2025-03-10T10:00:00Z", Peak: math.MaxFloat64}}}
	if s := textOf(render(t, a)); !strings.Contains(s, "not assessed") || !strings.Contains(s, "too little history") || strings.Contains(s, "Inf") {
		t.Error(s)
	}
}

func TestOutageIsInertAndSmall(t *testing.T) {
	a := reporttest.NastyOutage()
	o := a.Outage
	o.Buckets, o.Traffic = slices.Repeat(o.Buckets, 300), slices.Repeat(o.Traffic, 300)
	o.Phases, o.Parts, o.Places, o.Probes = slices.Repeat(o.Phases, 300), slices.Repeat(o.Parts, 300), slices.Repeat(o.Places, 300), slices.Repeat(o.Probes, 300)
	o.Claims[0].Checks = slices.Repeat(o.Claims[0].Checks, 300)
	o.Claims = slices.Repeat(o.Claims, 300)
	o.Assessment.Reasons, o.Assessment.Changes, o.Assessment.Causes = slices.Repeat(o.Assessment.Reasons, 300), slices.Repeat(o.Assessment.Changes, 300), slices.Repeat(o.Assessment.Causes, 300)
	page := render(t, a)
	for _, bad := range []string{"<script", "</style></title>", "\x1b", "\u202e", "\x00"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	if len(page) > 1<<20 {
		t.Errorf("%d bytes", len(page))
	}
}

// TestRedactedOutageSaysWhatIsHidden wants the word that stands in place of the
// service's addresses to be explained, and not to pass for a name.
func TestRedactedOutageSaysWhatIsHidden(t *testing.T) {
	a := reporttest.Outage()
	a.Redacted, a.Target.Prefixes = true, []string{"target"}
	s := textOf(render(t, a))
	if !strings.Contains(s, "“target” stands for the service’s addresses") || !strings.Contains(s, "target withheld the service’s own addresses") || !strings.Contains(s, "replaced by its salted hash") {
		t.Error(s[:400])
	}
}
