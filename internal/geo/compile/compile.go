// Package compile makes the address database of package geo out of public
// data: the npm packages of ip-location-db, or a user's own files in MaxMind's
// format (https://maxmind.github.io/MaxMind-DB/), such as GeoLite2 or IPinfo.
//
// It reads whole files into memory, trusts nothing in them, and gives the same
// bytes for the same files. It looks nothing up and keeps nothing open; only
// Fetch starts a program (npm). For the command line alone.
package compile

import (
	"errors"
	"fmt"

	"floodmark/internal/geo"
	"floodmark/internal/geo/kind"
	"floodmark/internal/model"
)

// errNothing is wrapped by the error for folders that hold no usable data.
var errNothing = errors.New("nothing usable")

// Result is a finished database.
type Result struct {
	Data []byte // the file
	Info geo.Info
}

// Files compiles the data found in the given files and folders. Where several
// sources tell a country, the first is the opinion and the second the second
// opinion; networks come from the first source that tells them. progress is
// called with a line for a person at every step.
func Files(paths []string, progress func(string)) (Result, error) {
	found, err := find(paths)
	if err != nil {
		return Result{}, err
	}
	var in inputs
	for _, s := range found {
		if err := in.take(s, progress); err != nil {
			return Result{}, err
		}
	}
	if len(in.countries) == 0 {
		return Result{}, fmt.Errorf("compile address data: %w: none of the %d files has countries", errNothing, len(found))
	}
	tables, err := kind.Load()
	if err != nil {
		return Result{}, err
	}
	progress("merging")
	data, err := in.merge(tables)
	if err != nil {
		return Result{}, err
	}
	db, err := geo.Load(data)
	if err != nil {
		return Result{}, fmt.Errorf("compile address data: the result does not read back: %w", err)
	}
	return Result{Data: data, Info: db.Info()}, nil
}

// inputs are the layers that are put on top of each other.
type inputs struct {
	countries []layer // at most two
	networks  *layer
	info      geo.Info
}

// take reads a source, unless all that it tells is known from earlier ones.
func (in *inputs) take(s source, progress func(string)) error {
	wantCountry := s.mayHaveCountry && len(in.countries) < 2
	wantNetwork := s.mayHaveNetwork && in.networks == nil
	if !wantCountry && !wantNetwork {
		progress("leaving out " + s.Name + ": the sources before it suffice")
		return nil
	}
	progress("reading " + s.Name + " " + s.Version)
	country, network, err := s.read(&s.Source)
	if err != nil {
		return fmt.Errorf("read %s: %w", s.Name, err)
	}
	if wantCountry && len(country.spans) > 0 {
		use := "country"
		if len(in.countries) == 1 {
			use = "second country"
		} else {
			in.info.Date = s.Date
		}
		in.countries = append(in.countries, country)
		in.note(s.Source, use, country)
	}
	if wantNetwork && len(network.spans) > 0 {
		in.networks = &network
		in.note(s.Source, "network", network)
	}
	return nil
}

func (in *inputs) note(s geo.Source, use string, l layer) {
	s.Use = use
	in.info.Sources = append(in.info.Sources, s)
	in.info.Overlaps += l.overlaps
	in.info.Ignored += l.ignored
}

// merge walks all layers at once, from one boundary to the next.
func (in *inputs) merge(tables *kind.Tables) ([]byte, error) {
	b := geo.NewBuilder()
	numbers := map[uint32]uint32{} // AS number -> number in the builder
	cursors := []cursor{{}, {}, {}, {spans: anycast(tables)}}
	for i, l := range in.countries {
		cursors[i].spans = l.spans
	}
	if in.networks != nil {
		cursors[2].spans = in.networks.spans
	}
	var values [4]uint32
	for at, more := (model.Addr{}), true; more; {
		end, known := model.Addr{Hi: ^uint64(0), Lo: ^uint64(0)}, false
		for i := range cursors {
			v, until := cursors[i].at(at)
			values[i], known = v, known || v != 0
			if until.Compare(end) < 0 {
				end = until
			}
		}
		if known {
			e := geo.Entry{Country: in.code(0, values[0]), Country2: in.code(1, values[1]), Unlocatable: values[3] != 0}
			if e.Country == "" {
				e.Country, e.Country2 = e.Country2, ""
			}
			var err error
			if e.Network, err = in.network(b, tables, numbers, values[2]); err != nil {
				return nil, err
			}
			if err := b.Add(at, end, e); err != nil {
				return nil, err
			}
		}
		at, more = after(end)
	}
	return b.Encode(in.info)
}

func (in *inputs) code(i int, v uint32) string {
	if i >= len(in.countries) || v == 0 {
		return ""
	}
	return in.countries[i].codes[v-1]
}

// network returns the number of an AS in the database. It adds the AS when it is
// met first.
func (in *inputs) network(b *geo.Builder, tables *kind.Tables, numbers map[uint32]uint32, asn uint32) (n uint32, err error) {
	n, ok := numbers[asn]
	if ok || asn == 0 {
		return n, nil
	}
	name := in.networks.names[asn]
	word, far := tables.Of(asn, name)
	if n, err = b.Network(asn, name, word, far); err != nil {
		return 0, err
	}
	numbers[asn] = n
	return n, nil
}

// anycast returns the well-known anycast prefixes as spans.
func anycast(tables *kind.Tables) []span {
	var l layer
	for _, p := range tables.Anycast() {
		l.addPrefix(p.Net, 1)
	}
	l.tidy()
	return l.spans
}
