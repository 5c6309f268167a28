package query

import "fmt"

// Interface is one interface of one exporter: its number and SNMP ifIndex.
type Interface struct{ Exporter, Index uint32 }

// Names knows exporters and interfaces by name. Its methods may be called from
// any goroutine; "" and nothing mean that a name is not known.
type Names interface {
	// Exporter returns the numbers that a name or address stands for.
	Exporter(name string) []uint32
	ExporterName(number uint32) string
	// Interfaces returns all interfaces of the name.
	Interfaces(name string) []Interface
	InterfaceName(i Interface) string
}

// noNames knows no name.
type noNames struct{}

// Exporter returns nothing.
func (noNames) Exporter(string) []uint32 { return nil }

// ExporterName returns "".
func (noNames) ExporterName(uint32) string { return "" }

// Interfaces returns nothing.
func (noNames) Interfaces(string) []Interface { return nil }

// InterfaceName returns "".
func (noNames) InterfaceName(Interface) string { return "" }

// Resolve returns the filter with the names of exporters and interfaces looked
// up. A name that is not known is an *Error without a column: it names the word.
func (f Filter) Resolve(n Names) (Filter, error) {
	root, err := resolve(f.root, n)
	return Filter{root}, err
}

func resolve(n node, names Names) (node, error) {
	switch n := n.(type) {
	case *list:
		out := &list{or: n.or}
		for _, x := range n.nodes {
			y, err := resolve(x, names)
			if err != nil {
				return nil, err
			}
			out.nodes = append(out.nodes, y)
		}
		return out, nil
	case *not:
		x, err := resolve(n.node, names)
		return &not{x}, err
	case *compare:
		return n.resolve(names)
	}
	return nil, nil
}

func (c *compare) resolve(names Names) (node, error) {
	out := *c
	out.values = append([]operand(nil), c.values...)
	for i := range out.values {
		o := &out.values[i]
		if o.name == "" {
			continue
		}
		if c.field.kind == exporterKind {
			if o.exporters = names.Exporter(o.name); len(o.exporters) == 0 {
				return nil, &Error{Text: fmt.Sprintf("no exporter is named %q", o.name), Hint: "write its number"}
			}
			continue
		}
		if o.found = names.Interfaces(o.name); len(o.found) == 0 {
			return nil, &Error{Text: fmt.Sprintf("no interface is named %q", o.name), Hint: "write its index"}
		}
		if len(o.found) > maxList {
			return nil, &Error{Text: fmt.Sprintf("%d interfaces are named %q, more than %d", len(o.found), o.name, maxList), Hint: "add the exporter and the index"}
		}
	}
	return &out, nil
}
