package settings

import (
	"errors"
	"fmt"
	"net/mail"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"floodmark/internal/catalogue"
	"floodmark/internal/conf"
	"floodmark/internal/detect/eprocess"
	"floodmark/internal/model"
)

// Service is something that people use and report problems with.
type Service struct {
	// Short name, in addresses of pages: up to 40 of a-z, 0-9 and hyphens.
	Slug string `conf:"slug"`
	// What people call it. The default is the slug.
	Name string `conf:"name"`
	// What it is, such as social or carrier: services of one category are mistaken for each other.
	Category string `conf:"category"`
	// Parts that can fail by themselves: app, website, login, posting, images, links, api, server-connection, or own short names. The default is app, website, login and server-connection.
	Components []string `conf:"components"`
	// Words that people use for it.
	Words []string `conf:"words"`
	// Addresses of its pages.
	URLs []string `conf:"urls"`
	// Services of this list whose outage is felt here.
	DependsOn []string `conf:"depends_on"`
	// Whose it is. Services of one owner are thought to fail together.
	Owner string `conf:"owner"`
	// Time zone whose day its users live in, such as America/New_York. The default is UTC.
	Zone string `conf:"zone"`
	// Networks that it answers from.
	Networks []conf.Prefix `conf:"networks"`
	// Numbers of networks that it answers from, or that its own users report from.
	ASNs []uint32 `conf:"asns"`
	// How its components are asked whether they answer. Without any, nobody asks.
	Probes []Probe `conf:"probes"`
}

// Reports is how reports of people are judged.
type Reports struct {
	// Most false incidents that are accepted, in words: "1 per year" for each service, or "1 per year over all services".
	Promise string `conf:"promise,restart"`
	// Proxies in front of the public pages whose forwarding headers are believed. From anywhere else they are ignored.
	TrustedProxies []conf.Prefix `conf:"trusted_proxies,restart"`
	// Address of the public pages as people see it, such as https://status.example.org, for links in feeds.
	BaseURL string `conf:"base_url,restart"`
	// Let visitors comment. What they write is seen when an operator let it pass.
	Comments bool `conf:"comments,restart"`
	// Subscriptions by mail. They need base_url, for the links in mails.
	Mail Mail `conf:"mail"`
}

// Mail is the server that subscriptions are sent by.
type Mail struct {
	// SMTP server. Without it nobody can subscribe.
	Host string `conf:"host,restart"`
	// Its port. The default is 587 for starttls, 465 for tls, 25 for none.
	Port int `conf:"port,restart"`
	// How the connection is encrypted: starttls, tls, or none to a server on this machine.
	Security string `conf:"security,restart"`
	// Address that mails come from, such as "Floodmark <alerts@example.org>".
	From string `conf:"from,restart"`
	// Name to log in with.
	Username string `conf:"username,restart"`
	// Password to log in with.
	Password conf.Secret `conf:"password,restart"`
}

// Bounds of the list of services.
const (
	mostServices   = 50_000
	mostComponents = 32
	mostWords      = 64
)

// ServiceList returns the services that people can report on: those of the
// configuration, or the built-in ones where it names none.
func (s *Settings) ServiceList() []*model.Service {
	if len(s.Services) == 0 {
		return catalogue.Builtin()
	}
	out := make([]*model.Service, 0, len(s.Services))
	for i := range s.Services {
		x := &s.Services[i]
		m := &model.Service{Slug: x.Slug, Name: x.Name, Category: x.Category, Components: catalogue.Components(x.Components...), Words: x.Words,
			URLs: x.URLs, DependsOn: x.DependsOn, Owner: x.Owner, Zone: x.Zone, ASNs: x.ASNs}
		for _, p := range x.Networks {
			m.Networks = append(m.Networks, p.Prefix)
		}
		out = append(out, m)
	}
	return out
}

func (s *Settings) slugs() []string {
	var out []string
	for _, x := range s.ServiceList() {
		out = append(out, x.Slug)
	}
	return out
}

// Trusted returns the proxies that are believed.
func (r *Reports) Trusted() []netip.Prefix {
	var out []netip.Prefix
	for _, p := range r.TrustedProxies {
		out = append(out, p.Prefix)
	}
	return out
}

func (s *Settings) checkServices(c *checker) {
	if len(s.Services) > mostServices {
		c.wrong("services", fmt.Errorf("%d services; at most %d", len(s.Services), mostServices))
		return
	}
	slugs := make(map[string]bool)
	for i := range s.Services {
		slugs[s.Services[i].Slug] = true
	}
	seen := make(map[string]bool)
	for i := range s.Services {
		x, k := &s.Services[i], conf.Key("services").Item(i)
		if !slug(x.Slug) {
			c.wrong(k, conf.Hint(fmt.Sprintf("slug %q is no short name", x.Slug), "write slug: and up to 40 of a-z, 0-9 and hyphens"))
			continue
		}
		if seen[x.Slug] {
			c.wrong(k.Sub("slug"), fmt.Errorf("%s is listed twice", x.Slug))
		}
		seen[x.Slug] = true
		x.check(c, k)
		for n, d := range x.DependsOn {
			dk := k.Sub("depends_on").Item(n)
			if d == x.Slug {
				c.wrong(dk, errors.New("a service does not depend on itself"))
			} else if !slugs[d] {
				c.wrong(dk, fmt.Errorf("there is no service %q", d))
			}
		}
	}
	s.checkProbes(c)
	s.Reports.check(c, "reports")
}

func (x *Service) check(c *checker, k conf.Key) {
	if x.Name == "" {
		x.Name = x.Slug
	}
	if len([]rune(x.Name)) > 60 {
		c.wrong(k.Sub("name"), errors.New("names have at most 60 characters"))
	}
	if len(x.Components) == 0 {
		x.Components = []string{"app", "website", "login", "server-connection"}
	}
	if len(x.Components) > mostComponents || len(x.Words) > mostWords {
		c.wrong(k, fmt.Errorf("at most %d components and %d words", mostComponents, mostWords))
	}
	for n, p := range x.Components {
		if !slug(p) || slices.Index(x.Components, p) != n {
			c.wrong(k.Sub("components").Item(n), conf.Hint(fmt.Sprintf("%q is no short name, or there twice", p), "write up to 40 of a-z, 0-9 and hyphens"))
		}
	}
	if _, err := time.LoadLocation(x.Zone); err != nil || x.Zone == "Local" {
		c.wrong(k.Sub("zone"), conf.Hint(fmt.Sprintf("%q is no time zone", x.Zone), "write it such as Europe/Berlin"))
	}
	for n, u := range x.URLs {
		if !address(u) {
			c.wrong(k.Sub("urls").Item(n), conf.Hint("not the address of a page", "write it such as https://example.org/"))
		}
	}
}

func (r *Reports) check(c *checker, k conf.Key) {
	if _, err := eprocess.ParsePromise(r.Promise); err != nil {
		c.wrong(k.Sub("promise"), err)
	}
	if r.BaseURL != "" && (!address(r.BaseURL) || strings.HasSuffix(r.BaseURL, "/")) {
		c.wrong(k.Sub("base_url"), conf.Hint("not an address of pages", "write it such as https://status.example.org, without a slash at the end"))
	}
	r.Mail.check(c, k.Sub("mail"), r.BaseURL)
}

func (m *Mail) check(c *checker, k conf.Key, base string) {
	if m.Host == "" {
		return
	}
	if base == "" {
		c.wrong(k, conf.Hint("mails hold links, and the address of the public pages is not known", "write reports.base_url"))
	}
	if _, err := mail.ParseAddress(m.From); err != nil {
		c.wrong(k.Sub("from"), conf.Hint("not an address of mail", "write it such as alerts@example.org"))
	}
	if m.Security != "starttls" && m.Security != "tls" && m.Security != "none" {
		c.wrong(k.Sub("security"), fmt.Errorf("%q is none of starttls, tls and none", m.Security))
	}
	c.count(k.Sub("port"), m.Port, 0, 65535)
}

func slug(s string) bool {
	return s != "" && len(s) <= 40 && s[0] != '-' && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

func address(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil
}
