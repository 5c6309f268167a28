package model

import "net/netip"

// Service is something that people use and report on. It is a value of the
// configuration or of the catalogue: nobody changes it once it is in use.
type Service struct {
	Slug         string         `json:"slug"` // 1 to 40 of a-z, 0-9 and hyphens: in addresses of pages
	Name         string         `json:"name"`
	Category     string         `json:"category,omitempty"`
	Components   []Component    `json:"components"` // at least one
	Aliases      []string       `json:"words,omitempty"`
	URLs         []string       `json:"urls,omitempty"`
	DependsOn    []string       `json:"depends_on,omitempty"` // slugs of services that it depends on
	Organization string         `json:"owner,omitempty"`
	Timezone     string         `json:"zone,omitempty"`     // IANA name of the time zone of most of its users; "" is UTC
	Networks     []netip.Prefix `json:"networks,omitempty"` // that it answers from
	ASNs         []uint32       `json:"asns,omitempty"`     // networks that it answers from, or that its own users report from (a carrier)
}

// Component is a part of a service that can fail by itself.
type Component struct {
	Slug string `json:"slug"`
	Name string `json:"name"`
}

// Component returns the component of that slug.
func (s *Service) Component(slug string) (Component, bool) {
	for _, c := range s.Components {
		if c.Slug == slug {
			return c, true
		}
	}
	return Component{}, false
}
