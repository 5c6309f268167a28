package web

import (
	"context"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"os"
	"os/signal"
	"testing"

	"floodmark/internal/api"
	"floodmark/internal/api/apitest"
	"floodmark/internal/model"
	"floodmark/internal/testenv"
)

// TestServeForBrowser serves pages of made-up days on loopback for the browser
// tests in web/tests, until its standard input ends. It does nothing otherwise.
func TestServeForBrowser(t *testing.T) {
	if os.Getenv("FLOODMARK_SERVE_PAGES") == "" {
		testenv.Optional(t, "only for the browser tests, which set FLOODMARK_SERVE_PAGES")
	}
	days := map[string]api.Backend{"day": newDay(), "empty": newEmpty(), "calm": newCalm(), "hostile": newHostile()}
	for name, back := range days {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		h := api.Operator(api.OperatorConfig{Backend: back, Auth: api.NewAuth(nil, nil), Version: "test",
			Pages: New(Config{Backend: back, Version: "test", Collectors: []string{"127.0.0.1:2055", "127.0.0.1:6343"}, Geo: someGeo})})
		go func() { _ = http.Serve(ln, h) }()
		fmt.Printf("SERVING %s http://%s\n", name, ln.Addr())
	}
	fmt.Println("SERVING all")
	signal.Ignore(os.Interrupt)
	_, _ = io.Copy(io.Discard, os.Stdin)
}

func someGeo() model.GeoInfo {
	return model.GeoInfo{Status: "looked-up", Date: "2026-06-17", Sources: []string{"asn 2.3.2026061719 (CC0-1.0)"}, Attributed: []string{"IP geolocation by DB-IP (CC BY 4.0)"}}
}

// newEmpty is a server that nobody has sent anything to.
func newEmpty() *empty {
	f := apitest.New()
	f.All, f.Log, f.Watched, f.Sources, f.Blind, f.Answer.Rows = nil, nil, nil, nil, nil, nil
	return &empty{f}
}

type empty struct{ *apitest.Fake }

// Series has nothing.
func (e *empty) Series(context.Context, api.SeriesQuery) ([]model.Point, error) { return nil, nil }

// newCalm is a day without a violation.
func newCalm() *calm {
	d := newDay()
	d.All, d.Log, d.Blind = nil, nil, nil
	d.Sources = d.Sources[:1]
	return &calm{d}
}

type calm struct{ *day }

// nasty is text that must stay text.
const nasty = `<img src=x onerror=alert(1)>"'&{{.}}</script>` + "\u202e\x1b[31m\n"

// newHostile has markup wherever text comes from outside.
func newHostile() *day {
	d := newDay()
	for i := range d.All {
		in := &d.All[i]
		in.Customer, in.Group, in.Because, in.Maintenance = nasty, nasty, nasty, nasty
		in.Vectors = []model.Weight{{Value: nasty, Share: 2}}
		in.Countries, in.Networks = in.Vectors, in.Vectors
		in.Acknowledged = &model.Remark{By: nasty, Note: nasty, At: 1}
		in.Merged = []string{nasty}
		spoilJoint(in)
		if c := in.UserReports; c != nil {
			c.Name, c.Budget, c.Cause.Text, c.Fraud.Text, c.Peak.Expected = nasty, nasty, nasty, nasty, float32(math.NaN())
			c.Parts[0].Name, c.Parts[0].Share, c.Places[0].Country, c.Places[0].Region, c.Places[0].Excess = nasty, math.Inf(1), nasty, nasty, math.NaN()
			c.Similar[0].ID, c.Similar[0].Text, c.Strongest = nasty, nasty, math.Inf(1)
		}
	}
	for i := range d.Log {
		d.Log[i].Change.Text = nasty
	}
	for i := range d.Watched {
		d.Watched[i].Customer, d.Watched[i].Group, d.Watched[i].Incidents = nasty, nasty, []string{nasty}
	}
	d.Watched = append(d.Watched, api.TargetNow{Target: model.CustomerID(nasty)})
	for i := range d.Sources {
		e := &d.Sources[i]
		e.Name, e.Address, e.Protocols, e.LossUnit, e.QualityIssues = nasty, nasty, []string{nasty}, nasty, []string{nasty}
		e.Interfaces = []model.InterfaceStatus{{Name: nasty, Role: nasty}}
		e.Rates = append(e.Rates, model.RateShare{Rate: 2, From: nasty})
	}
	for i := range d.Blind {
		d.Blind[i].Text, d.Blind[i].Subject = nasty, nasty
	}
	return d
}
