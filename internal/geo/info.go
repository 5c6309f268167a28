package geo

import (
	"fmt"
	"slices"
	"strings"

	"floodmark/internal/model"
)

// Info is what a database says of itself.
type Info struct {
	// Date of the data, YYYY-MM-DD: that of the first country source.
	Date string `json:"date"`
	// SHA256 of the file without its trailer, hexadecimal. Set by Load.
	SHA256  string   `json:"-"`
	Sources []Source `json:"sources"`
	// Networks counts the autonomous systems, Unclassed those of them whose
	// kind is unknown.
	Networks  int `json:"networks"`
	Unclassed int `json:"unclassed"`
	// Located4 counts IPv4 addresses whose country two sources know, Disputed4
	// those of them on which the two disagree.
	Located4  uint64 `json:"located4"`
	Disputed4 uint64 `json:"disputed4"`
	// Networked4 counts IPv4 addresses that belong to a network, Unclassed4
	// those of them in a network of unknown kind.
	Networked4 uint64 `json:"networked4"`
	Unclassed4 uint64 `json:"unclassed4"`
	// Overlaps counts ranges of a source that ran into the next one and were
	// cut short.
	Overlaps int `json:"overlaps"`
	// Ignored counts ranges of a source whose country code is not one.
	Ignored int `json:"ignored"`
}

// Source is one data set that went into a database.
type Source struct {
	Name        string `json:"name"`
	Version     string `json:"version"`
	Date        string `json:"date"` // YYYY-MM-DD
	Use         string `json:"use"`  // country, second country or network
	Licence     string `json:"licence"`
	Attribution string `json:"attribution"`
	// Caution is what its publisher warns of, "" where there is no warning.
	Caution string `json:"caution,omitempty"`
}

// Info returns what the database says of itself. The caller must not change
// the list of sources.
func (db *DB) Info() Info { return db.info }

// GeoInfo returns the same in the form that an analysis carries.
func (db *DB) GeoInfo() model.GeoInfo {
	in := db.info
	g := model.GeoInfo{
		Status: "looked-up", Date: in.Date, SHA256: in.SHA256,
		Sources: []string{}, Attributed: []string{},
	}
	var notes []string
	for _, s := range in.Sources {
		g.Sources = append(g.Sources, fmt.Sprintf("%s %s (%s, of %s, %s)", s.Name, s.Version, s.Use, s.Date, s.Licence))
		if s.Attribution != "" && !slices.Contains(g.Attributed, s.Attribution) {
			g.Attributed = append(g.Attributed, s.Attribution)
		}
		if s.Caution != "" && !slices.Contains(notes, s.Caution) {
			notes = append(notes, s.Caution)
		}
	}
	g.Note = strings.Join(append(notes, in.note()), " ")
	return g
}

func (in Info) note() string {
	s := "Kinds of network are derived from names and a table of well-known networks; " + in.Classed() + "."
	if in.Located4 > 0 {
		s += fmt.Sprintf(" The two country sources disagree on %.1f %% of the IPv4 addresses that both know.", in.DisputedPercent())
	}
	return s
}

// Classed says in words how much could not be classed.
func (in Info) Classed() string {
	s := fmt.Sprintf("%d of %d networks could not be classed", in.Unclassed, in.Networks)
	if in.Networked4 > 0 {
		s += fmt.Sprintf(" (%.0f %% of the IPv4 addresses in networks)", 100*float64(in.Unclassed4)/float64(in.Networked4))
	}
	return s
}

// DisputedPercent is the share of the IPv4 addresses known to two country
// sources on which they disagree; 0 where there is one source.
func (in Info) DisputedPercent() float64 {
	return 100 * float64(in.Disputed4) / float64(max(in.Located4, 1))
}
