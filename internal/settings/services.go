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
	"floodmark/internal/model"
)

// Service is something that people use and report problems with.
type Service struct {
	// Short name used in URLs: up to 40 characters of a-z, 0-9 and hyphens.
	Slug string `conf:"slug"`
	// Display name. Defaults to the slug.
	Name string `conf:"name"`
	// Category, such as social or carrier. People often confuse services of the same category.
	Category string `conf:"category"`
	// Components that can fail independently: app, website, login, posting, images, links, api, server-connection, or short names of your own. Defaults to app, website, login and server-connection.
	Components []string `conf:"components"`
	// Other names that people use for the service.
	Aliases []string `conf:"aliases"`
	// URLs of its pages.
	URLs []string `conf:"urls"`
	// Slugs of configured services that this service depends on.
	DependsOn []string `conf:"depends_on"`
	// Organization that runs the service. Services of one organization may fail together.
	Organization string `conf:"organization"`
	// Time zone of most of its users, such as America/New_York. Defaults to UTC.
	Timezone string `conf:"timezone"`
	// Prefixes that the service is hosted in.
	Networks []conf.Prefix `conf:"networks"`
	// AS numbers that the service is hosted in or, for a carrier, that its users report from.
	ASNs []uint32 `conf:"asns"`
	// HTTP probes of its components. Without any, the service is not probed.
	Probes []Probe `conf:"probes"`
}

// UserReports is outage detection from user reports and how the public pages
// accept reports.
type UserReports struct {
	// Maximum rate of false incidents from user reports: "1 per year" for each service, or "1 per year over all services".
	FalseAlarmBudget model.Budget `conf:"false_alarm_budget,restart"`
	// Reverse proxies in front of the public pages whose X-Forwarded-For header is trusted. The header is ignored from any other address.
	TrustedProxies []conf.Prefix `conf:"trusted_proxies,restart"`
	// Public URL of the public pages, such as https://status.example.org. Used for links in feeds and mails. If unset, links in feeds lead to the address of the public listener, or, where that is any address, to the name of the machine.
	BaseURL string `conf:"base_url,restart"`
	// Allow comments from visitors. Comments are shown after an operator approved them.
	Comments bool `conf:"comments,restart"`
	// Email subscriptions. Requires base_url for the links in mails.
	Mail Mail `conf:"mail"`
}

// Mail is the SMTP server for subscriptions.
type Mail struct {
	// SMTP server. If unset, email subscriptions are disabled.
	Host string `conf:"host,restart"`
	// SMTP port. Defaults to 587 for starttls, 465 for tls and 25 for none.
	Port int `conf:"port,restart"`
	// Encryption of the connection: starttls, tls, or none (for a server on this host only).
	Security MailSecurity `conf:"security,restart"`
	// Sender address, such as "Floodmark <alerts@example.org>".
	From string `conf:"from,restart"`
	// SMTP user name.
	Username string `conf:"username,restart"`
	// SMTP password.
	Password conf.Secret `conf:"password,restart"`
}

// Limits of the list of services.
const (
	maxServices   = 50_000
	maxComponents = 32
	maxAliases    = 64
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
		m := &model.Service{Slug: x.Slug, Name: x.Name, Category: x.Category, Components: catalogue.Components(x.Components...), Aliases: x.Aliases,
			URLs: x.URLs, DependsOn: x.DependsOn, Organization: x.Organization, Timezone: x.Timezone, ASNs: x.ASNs}
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

// Trusted returns the trusted reverse proxies.
func (r *UserReports) Trusted() []netip.Prefix {
	var out []netip.Prefix
	for _, p := range r.TrustedProxies {
		out = append(out, p.Prefix)
	}
	return out
}

func (s *Settings) checkServices(c *checker) {
	if len(s.Services) > maxServices {
		c.wrong("services", fmt.Errorf("%d services; at most %d are allowed", len(s.Services), maxServices))
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
			c.wrong(k, conf.Hint(fmt.Sprintf("slug %q is not a valid short name", x.Slug), "write slug: and up to 40 characters of a-z, 0-9 and hyphens"))
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
				c.wrong(dk, errors.New("a service cannot depend on itself"))
			} else if !slugs[d] {
				c.wrong(dk, fmt.Errorf("there is no service %q", d))
			}
		}
	}
	s.checkProbes(c)
	s.UserReports.check(c, "user_reports")
}

func (x *Service) check(c *checker, k conf.Key) {
	if x.Name == "" {
		x.Name = x.Slug
	}
	if len([]rune(x.Name)) > 60 {
		c.wrong(k.Sub("name"), errors.New("must have at most 60 characters"))
	}
	if len(x.Components) == 0 {
		x.Components = []string{"app", "website", "login", "server-connection"}
	}
	if len(x.Components) > maxComponents || len(x.Aliases) > maxAliases {
		c.wrong(k, fmt.Errorf("at most %d components and %d aliases are allowed", maxComponents, maxAliases))
	}
	for n, p := range x.Components {
		if !slug(p) || slices.Index(x.Components, p) != n {
			c.wrong(k.Sub("components").Item(n), conf.Hint(fmt.Sprintf("%q is not a valid short name, or a duplicate", p), "write up to 40 characters of a-z, 0-9 and hyphens"))
		}
	}
	if _, err := time.LoadLocation(x.Timezone); err != nil || x.Timezone == "Local" {
		c.wrong(k.Sub("timezone"), conf.Hint(fmt.Sprintf("%q is not a time zone", x.Timezone), "write it such as Europe/Berlin"))
	}
	for n, u := range x.URLs {
		if !address(u) {
			c.wrong(k.Sub("urls").Item(n), conf.Hint("not a URL", "write it such as https://example.org/"))
		}
	}
}

func (r *UserReports) check(c *checker, k conf.Key) {
	if r.BaseURL != "" && (!address(r.BaseURL) || strings.HasSuffix(r.BaseURL, "/")) {
		c.wrong(k.Sub("base_url"), conf.Hint("not a URL", "write it such as https://status.example.org, without a slash at the end"))
	}
	r.Mail.check(c, k.Sub("mail"), r.BaseURL)
}

func (m *Mail) check(c *checker, k conf.Key, base string) {
	if m.Host == "" {
		return
	}
	if base == "" {
		c.wrong(k, conf.Hint("mails contain links, so the URL of the public pages is required", "write user_reports.base_url"))
	}
	if _, err := mail.ParseAddress(m.From); err != nil {
		c.wrong(k.Sub("from"), conf.Hint("not an email address", "write it such as alerts@example.org"))
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
