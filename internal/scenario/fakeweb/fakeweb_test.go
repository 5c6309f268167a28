package fakeweb_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"floodmark/internal/scenario/fakeweb"
	"floodmark/internal/scenario/simday"
)

const late = 100 * time.Millisecond

const text = `
name: test
title: A test.
date: 2026-06-15
services:
  - {slug: a, components: [app, links], usual: {mean: 0}}
events:
  - {what: own-fault, service: a, at: "01:00", answers: [{status: hang, for: 10m}, {status: error, after: 10m, for: 10m, components: [links]}]}
  - {what: own-fault, service: a, at: "02:00", answers: [{status: reset, for: 10m}, {status: slow, after: 10m, for: 10m}]}
`

func TestAnswersFollowTheDay(t *testing.T) {
	d, err := simday.Parse("test.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var now atomic.Int64
	server := httptest.NewServer(fakeweb.New(d, func() time.Time { return time.Unix(0, now.Load()) }, late))
	defer server.Close()
	for _, c := range []struct {
		at, path, want string
	}{
		{"00:30", "/a/app", "200"}, {"01:05", "/a/app", "hangs"}, {"01:15", "/a/app", "200"}, {"01:15", "/a/links", "503"},
		{"02:05", "/a/app", "reset"}, {"02:15", "/a/app", "200 late"}, {"02:25", "/a/app", "200"}, {"00:00", "/a/nothing", "404"}, {"00:00", "/b/app", "404"},
	} {
		clock, err := time.Parse("15:04", c.at)
		if err != nil {
			t.Fatal(err)
		}
		now.Store(d.Begin().Add(time.Duration(clock.Hour())*time.Hour + time.Duration(clock.Minute())*time.Minute).UnixNano())
		if got := ask(server.URL + c.path); got != c.want {
			t.Errorf("%s at %s: %s, want %s", c.path, c.at, got, c.want)
		}
	}
}

// ask says how a request was answered. What is called hanging is given up while
// no octet has come.
func ask(url string) string {
	ctx, cancel := context.WithTimeout(context.Background(), 20*late)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err.Error()
	}
	began := time.Now()
	res, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "hangs"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, io.EOF):
		return "reset"
	case err != nil:
		return err.Error()
	}
	res.Body.Close()
	out := strings.Fields(res.Status)[0]
	if time.Since(began) >= late {
		out += " late"
	}
	return out
}
