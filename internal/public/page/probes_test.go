package page

import (
	"slices"
	"strings"
	"testing"
	"time"

	"floodmark/internal/model"
)

// probes are one of each state.
func probes() []model.ProbeNow {
	since := noon.Add(-25 * time.Minute).UnixNano()
	at := func(slug, name string, s model.ProbeState, f model.ProbeFailure) model.ProbeNow {
		return model.ProbeNow{Component: slug, Name: name, Vantage: "this server", State: s, Failure: f, Since: since, Last: noon.Add(-30 * time.Second).UnixNano(), Median: 84e6}
	}
	list := []model.ProbeNow{at("website", "Website", model.ProbeFailing, model.ResponseServer), at("app", "App", model.ProbeSlow, ""),
		at("login", "Login", model.ProbeOK, ""), at("radio", "Live radio", model.ProbeUnknown, model.OwnLink)}
	list[0].Status = 503
	return list
}

func TestWhatProbesSee(t *testing.T) {
	s := newSite(t)
	n := newCalm()
	if strings.Contains(textOf(s.Service("en", serviceView(n))), "probes") {
		t.Error("probes of a service that is not probed")
	}
	n.Probes = probes()
	for lang, want := range map[string][]string{
		"en": {"■ failing Website The service returns errors (503). since 17:12 UTC · last probed 17:36 UTC", "◇ slow App since 17:12 UTC · usually within 0.08 s · last probed 17:36 UTC",
			"○ reachable Login since", "? unknown Live radio Unknown: the vantage point has no connection. since", "Probed from this server. Results may differ elsewhere."},
		"de": {"gestört Website Der Dienst antwortet mit Fehlern (503).", "üblicherweise innerhalb von 0,08 s", "Gemessen von diesem Server aus."},
		"es": {"■ falla", "El servicio devuelve errores (503).", "Medido desde este servidor."},
	} {
		text := strings.ReplaceAll(textOf(s.Service(lang, serviceView(n))), "\u00a0", " ")
		for _, w := range want {
			if !strings.Contains(text, w) {
				at := max(strings.Index(text, "Website"), 0)
				t.Errorf("%s: no %q in %s", lang, w, text[max(at-200, 0):min(at+600, len(text))])
			}
		}
	}
}

// TestEveryFailureHasItsWords: no two of a language are alike but those that
// are alike for people.
func TestEveryFailureHasItsWords(t *testing.T) {
	all := []model.ProbeFailure{model.NameFailed, model.ConnectRefused, model.ConnectTimeout, model.TLSFailed, model.ResponseTimeout, model.ResponseFailed,
		model.ResponseServer, model.ResponseRefused, model.ResponseUnlike}
	for _, lang := range Languages() {
		l := newLocale(lang)
		var stated []string
		for _, f := range all {
			text := l.probeText(&model.ProbeNow{State: model.ProbeFailing, Failure: f})
			if text == "" || strings.Contains(text, "probes.") || strings.Contains(text, "%") || slices.Contains(stated, text) || !strings.HasSuffix(text, ".") {
				t.Errorf("%s %s: %q", lang, f, text)
			}
			stated = append(stated, text)
		}
		for _, f := range []model.ProbeFailure{model.OwnLink, model.ResponseThrottled} {
			if text := l.probeText(&model.ProbeNow{State: model.ProbeUnknown, Failure: f}); text == "" || slices.Contains(stated, text) {
				t.Errorf("%s %s: %q", lang, f, text)
			}
		}
		if l.probeText(&model.ProbeNow{State: model.ProbeOK}) != "" {
			t.Errorf("%s: more words than needed", lang)
		}
	}
}

// TestProbesAreBoundedAndClean: the words of others stay words.
func TestProbesAreBoundedAndClean(t *testing.T) {
	s := newSite(t)
	n := newCalm()
	for range 500 {
		n.Probes = append(n.Probes, model.ProbeNow{Component: nasty, Name: nasty, Vantage: nasty, State: "odd", Failure: model.ProbeFailure(nasty), Status: -1, Text: nasty})
	}
	b := s.Service("en", serviceView(n))
	if c := strings.Count(string(b), `<li><span class="state`); c != maxParts || len(b) > 100e3 {
		t.Errorf("%d rows, %d octets", c, len(b))
	}
	if strings.Contains(string(b), "<img") {
		t.Error("foreign text became an element")
	}
}
