package settings

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"floodmark/internal/conf"
)

// Limits of a file of interfaces.
const (
	maxInterfaceFile = 4 << 20
	maxInterfaces    = 65536
)

var interfaceColumns = []string{"exporter", "index", "name", "role", "speed"}

// readInterfaces adds the interfaces of this exporter from the file. Interfaces
// listed in the configuration itself take precedence.
func (e *Exporter) readInterfaces(c *checker, k conf.Key) {
	if e.InterfacesFile == "" {
		return
	}
	b, err := c.f.ReadFile(e.InterfacesFile, maxInterfaceFile)
	if err != nil {
		c.f.Missing(k, fmt.Errorf("%s: %w", e.InterfacesFile, conf.Reason(err)))
		return
	}
	list, err := parseInterfaces(b, e.Name, e.Address.String())
	if err != nil {
		c.wrong(k, fmt.Errorf("%s: %w", e.InterfacesFile, err))
		return
	}
	for _, x := range list {
		listed := func(y Interface) bool {
			return (x.Index != 0 && x.Index == y.Index) || (y.Index == 0 && x.Name != "" && x.Name == y.Name)
		}
		if !slices.ContainsFunc(e.Interfaces, listed) {
			e.Interfaces = append(e.Interfaces, x)
		}
	}
}

// parseInterfaces reads the lines of one exporter from a CSV file.
func parseInterfaces(b []byte, exporter ...string) ([]Interface, error) {
	r := csv.NewReader(bytes.NewReader(b))
	r.Comment, r.TrimLeadingSpace, r.ReuseRecord = '#', true, true
	header, err := r.Read()
	if err != nil {
		return nil, errors.New("no header line: " + strings.Join(interfaceColumns, ","))
	}
	column := make(map[string]int)
	for i, t := range header {
		t = strings.TrimSpace(t)
		if !slices.Contains(interfaceColumns, t) {
			return nil, conf.DidYouMean("column", t, interfaceColumns)
		}
		column[t] = i
	}
	if _, ok := column["exporter"]; !ok {
		return nil, errors.New("no column exporter")
	}
	var out []Interface
	for {
		row, err := r.Read()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		get := func(name string) string {
			if i, ok := column[name]; ok {
				return strings.TrimSpace(row[i])
			}
			return ""
		}
		if !slices.Contains(exporter, get("exporter")) {
			continue
		}
		x, err := parseInterface(get)
		if line, _ := r.FieldPos(0); err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		if out = append(out, x); len(out) > maxInterfaces {
			return nil, fmt.Errorf("more than %d interfaces of one exporter", maxInterfaces)
		}
	}
}

func parseInterface(get func(string) string) (Interface, error) {
	x := Interface{Name: get("name"), Role: Unknown}
	if s := get("index"); s != "" {
		i, err := strconv.ParseUint(s, 10, 32)
		if err != nil || i == 0 {
			return x, fmt.Errorf("index %q is not a positive number", s)
		}
		x.Index = uint32(i)
	}
	if x.Index == 0 && x.Name == "" {
		return x, errors.New("neither index nor name")
	}
	if s := get("role"); s != "" {
		if x.Role = Role(s); !slices.Contains(x.Role.Choices(), s) {
			return x, conf.DidYouMean("role", s, x.Role.Choices())
		}
	}
	if s := get("speed"); s != "" {
		x.Speed = new(conf.Rate)
		if err := x.Speed.UnmarshalText([]byte(s)); err != nil {
			return x, err
		}
		if x.Speed.Unit != conf.BitRate || x.Speed.Value <= 0 {
			return x, fmt.Errorf("speed %q is not in bits per second, such as 10Gbps", s)
		}
	}
	return x, nil
}
