package netflow

// Limits bounds what exporters can make a Decoder remember. A zero field takes
// the value of defaultLimits.
type Limits struct {
	Exporters int // UDP sources (address and port)
	Ports     int // UDP source ports of one address; further ones share one stream without sequence check
	Domains   int // observation domains of one exporter, per protocol
	Templates int // of one domain
	Fields    int // of one template
	AllFields int // of all templates together
	Rates     int // announced sampling rates of one domain
	Flows     int // flows with running totals or firewall updates; up to twice as many are remembered, 120 bytes each
}

// defaultLimits are far above what real exporters use; templates at their
// bound take less than 100 MiB.
func defaultLimits() Limits {
	return Limits{
		Exporters: 4096, Ports: 64, Domains: 1024, Templates: 16384,
		Fields: 512, AllFields: 1 << 20, Rates: 4096, Flows: 1 << 17,
	}
}

// orDefault fills the fields that were left zero.
func (l Limits) orDefault() Limits {
	def := defaultLimits()
	for _, f := range []struct{ have, def *int }{
		{&l.Exporters, &def.Exporters}, {&l.Ports, &def.Ports}, {&l.Domains, &def.Domains},
		{&l.Templates, &def.Templates}, {&l.Fields, &def.Fields}, {&l.AllFields, &def.AllFields},
		{&l.Rates, &def.Rates}, {&l.Flows, &def.Flows},
	} {
		if *f.have <= 0 {
			*f.have = *f.def
		}
	}
	return l
}
