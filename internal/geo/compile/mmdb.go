package compile

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"floodmark/internal/geo/country"

	"github.com/oschwald/maxminddb-golang/v2"
)

// maxRanges bounds what one file may hold.
const maxRanges = 1 << 24

// readMMDB reads what a file in MaxMind's format says of countries and
// networks. Either may be empty. date is when the file was made, "" where it
// does not say.
func readMMDB(path string) (countries, networks layer, date string, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return layer{}, layer{}, "", err
	}
	return parseMMDB(data)
}

func parseMMDB(data []byte) (countries, networks layer, date string, err error) {
	// The reader checks what it reads, but a damaged file must not end the
	// program even where it misses something.
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("damaged file: %v", p)
		}
	}()
	db, err := maxminddb.OpenBytes(data)
	if err != nil {
		return layer{}, layer{}, "", fmt.Errorf("not a usable MaxMind DB file: %w", err)
	}
	defer db.Close()
	// A damaged tree can lead to the same node along so many paths that walking
	// it would never end; a whole one has two records a node.
	w := walk{seen: map[uintptr]reported{}, codes: map[string]uint32{}, largest: min(2*int(db.Metadata.NodeCount), maxRanges)}
	w.networks.names = map[uint32]string{}
	// Empty networks are asked for, because they too must count.
	for r := range db.Networks(maxminddb.IncludeNetworksWithoutData()) {
		if err := w.add(r); err != nil {
			return layer{}, layer{}, "", err
		}
	}
	w.countries.tidy()
	w.networks.tidy()
	if t := db.Metadata.BuildTime(); t.Unix() > 0 {
		date = t.UTC().Format("2006-01-02")
	}
	return w.countries, w.networks, date, nil
}

// reported is what one record says.
type reported struct {
	country uint32 // index into codes, from 1
	ignored bool
	asn     uint32
}

// walk collects the records of a file.
type walk struct {
	countries, networks layer
	codes               map[string]uint32
	seen                map[uintptr]reported // by place in the file: many networks share a record
	n, largest          int                  // networks met, empty ones too, and how many there can be
}

func (w *walk) add(r maxminddb.Result) error {
	if err := r.Err(); err != nil {
		return fmt.Errorf("damaged file: %w", err)
	}
	if w.n++; w.n > w.largest {
		return fmt.Errorf("damaged file: more than %d networks", w.largest)
	}
	if !r.Found() {
		return nil
	}
	t, ok := w.seen[r.Offset()]
	if !ok {
		record := map[string]any{}
		if err := r.Decode(&record); err != nil {
			return fmt.Errorf("damaged file: record of %v: %w", r.Prefix(), err)
		}
		t = w.describe(record)
		w.seen[r.Offset()] = t
	}
	if t.ignored {
		w.countries.ignored++
	}
	w.countries.addPrefix(r.Prefix(), t.country)
	w.networks.addPrefix(r.Prefix(), t.asn)
	return nil
}

func (w *walk) describe(record map[string]any) reported {
	var t reported
	if code := countryOf(record); code != "" {
		if !country.Known(code) {
			t.ignored = true
		} else if t.country = w.codes[code]; t.country == 0 {
			w.countries.codes = append(w.countries.codes, code)
			t.country = uint32(len(w.countries.codes))
			w.codes[code] = t.country
		}
	}
	asn, name := networkOf(record)
	if t.asn = asn; asn != 0 && w.networks.names[asn] == "" {
		w.networks.names[asn] = strings.Clone(name)
	}
	return t
}

// countryOf finds the country code in a record of ip-location-db
// (country_code), MaxMind and DB-IP (country.iso_code), or IPinfo
// (country_code, or country in older files).
func countryOf(record map[string]any) string {
	if s, ok := record["country_code"].(string); ok {
		return strings.ToUpper(s)
	}
	switch c := record["country"].(type) {
	case string:
		return strings.ToUpper(c)
	case map[string]any:
		if s, ok := c["iso_code"].(string); ok {
			return strings.ToUpper(s)
		}
	}
	return ""
}

// networkOf finds the AS number and name in a record of MaxMind and
// ip-location-db (autonomous_system_…) or IPinfo (asn "AS64496", as_name or
// name).
func networkOf(record map[string]any) (uint32, string) {
	text := func(key string) string { s, _ := record[key].(string); return s }
	switch n := record["autonomous_system_number"].(type) {
	case uint64:
		if n < 1<<32 {
			return uint32(n), text("autonomous_system_organization")
		}
	case string:
		return number(n), text("autonomous_system_organization")
	}
	name := text("as_name")
	if name == "" {
		name = text("name")
	}
	return number(text("asn")), name
}

func number(s string) uint32 {
	n, err := strconv.ParseUint(strings.TrimPrefix(strings.ToUpper(s), "AS"), 10, 32)
	if err != nil {
		return 0
	}
	return uint32(n)
}
