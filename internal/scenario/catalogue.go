package scenario

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"floodmark/internal/text"
)

// recipe is one scenario.
type recipe struct {
	name, title string
	attack      bool
	vector      string // slug that this is the fixture of
	looksLike   string // slug that this resembles but is not
	length      time.Duration
	vantage     string // where it was recorded: if_description
	snap        int
	vlan        uint16
	sampling    uint32
	inbound     bool            // only what comes in is recorded
	doubled     bool            // every packet is recorded twice, as by a mirror of two ports
	devices     func() []device // that report it; nil for recordings, which one device reports when they are run
	play        func(*sim)
}

// Info describes a scenario.
type Info struct {
	Name, Title string
	Attack      bool
	Vector      string // slug that the scenario is the fixture of, "" for none
	LooksLike   string // slug that it resembles but is not, "" for none
	Length      time.Duration
	Sampling    uint32
	Vantage     string
	Live        bool // a network under watch for hours, meant for Run; not among Names
}

func recipes() []recipe {
	all := slices.Concat(cameraRecipes(), reflectionRecipes(), tcpRecipes(), packetRecipes(), appRecipes(), shapeRecipes(), likeRecipes(), ordinaryRecipes(), sampledRecipes(), vantageRecipes())
	slices.SortFunc(all, func(a, b recipe) int { return strings.Compare(a.name, b.name) })
	return all
}

// Names lists the recordings in alphabetical order.
func Names() []string { return namesOf(recipes()) }

// LiveNames lists the scenarios of whole networks over hours, in alphabetical
// order.
func LiveNames() []string { return namesOf(liveRecipes()) }

func namesOf(list []recipe) []string {
	var out []string
	for _, r := range list {
		out = append(out, r.name)
	}
	return out
}

// Describe tells about one scenario. An unknown name gives an *unknownError.
func Describe(name string) (Info, error) {
	r, err := find(name)
	if err != nil {
		return Info{}, err
	}
	return Info{r.name, r.title, r.attack, r.vector, r.looksLike, r.length, r.sampling, r.vantage, r.devices != nil}, nil
}

// unknownError tells that there is no scenario of this name.
type unknownError struct{ Name, Nearest string }

// Error names the nearest scenario.
func (e *unknownError) Error() string {
	return fmt.Sprintf("unknown scenario %q: did you mean %q? (floodmark scenario list)", e.Name, e.Nearest)
}

func find(name string) (*recipe, error) {
	all := append(recipes(), liveRecipes()...)
	best, smallest := "", 1<<30
	for i := range all {
		if all[i].name == name {
			return &all[i], nil
		}
		if d := text.Distance(name, all[i].name); d < smallest {
			best, smallest = all[i].name, d
		}
	}
	return nil, &unknownError{name, best}
}
