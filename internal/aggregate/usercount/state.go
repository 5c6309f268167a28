package usercount

import "math"

// code writes or reads all of a Tally.
func (t *Tally) code(c *coder) {
	parts := uint64(t.parts())
	if c.number(&parts, math.MaxUint16); parts != uint64(t.parts()) {
		c.fail("it has other components")
		return
	}
	c.time(&t.open)
	if t.open%minute != 0 {
		c.fail("it does not begin with a minute")
	}
	c.u32(&t.quiet)
	ordinary := uint64(t.ordinary)
	c.number(&ordinary, math.MaxUint16)
	t.ordinary = uint16(ordinary)
	c.flag(&t.forged)
	has := t.usual != nil
	if c.flag(&has); has {
		if c.reading {
			t.usual = &usual{parts: make([]float32, t.parts())}
		}
		t.usual.code(c)
	}
	has = t.w != nil
	if c.flag(&has); has {
		if c.reading {
			t.w = newWindow(t.parts(), t.open)
		}
		t.w.code(c)
		if c.reading && c.err == nil {
			t.w.mend(t.usual, t.parts(), c)
		}
	}
}

func (u *usual) code(c *coder) {
	c.time(&u.at)
	for _, x := range u.weights() {
		c.float(x)
	}
	u.networks.code(c, mostUsualNetworks)
	u.clients.code(c, mostUsualClients)
	u.countries.code(c, mostUsualCountries)
	c.float32s(u.parts)
}

func (t *top) code(c *coder, most int) {
	n := c.length(len(*t), most)
	if c.reading {
		*t = make(top, n)
	}
	for i := range *t {
		c.u32(&(*t)[i].key)
		w := float64((*t)[i].weight)
		c.float(&w)
		(*t)[i].weight = float32(w)
	}
}

func (w *window) code(c *coder) {
	for i := range w.minutes {
		w.minutes[i].code(c)
	}
	c.float32s(w.parts)
	w.gaps.code(c)
	w.persons.code(c)
	w.prefixes.code(c)
	codeTable(c, &w.networks, func(n *network) { n.code(c) })
	codeTable(c, &w.cells, func(x *cell) { x.code(c) })
	codeTable(c, &w.places, func(p *place) {
		c.u32s(p.reports[:])
		c.float32s(p.effective[:])
	})
}

func (m *counts) code(c *coder) {
	has := *m != counts{}
	if c.flag(&has); !has {
		return
	}
	for _, x := range []*uint32{&m.problems, &m.works, &m.followed, &m.elsewhere, &m.withheld, &m.refused, &m.known, &m.nowhere, &m.machines, &m.fresh} {
		c.u32(x)
	}
	for _, x := range []*float64{&m.effective, &m.people, &m.machine, &m.linked} {
		c.float(x)
	}
}

func (n *network) code(c *coder) {
	c.u32(&n.asn)
	k := uint64(n.class)
	c.number(&k, uint64(classes)-1)
	n.class = class(k)
	c.u32(&n.client)
	c.u32(&n.votes)
	var reports, prefixes [slots]uint32
	var given [slots]float32
	for i := range n.slots {
		reports[i], prefixes[i], given[i] = n.slots[i].reports, n.slots[i].prefixes, n.slots[i].given
	}
	c.u32s(reports[:])
	c.u32s(prefixes[:])
	c.float32s(given[:])
	for i := range n.slots {
		n.slots[i].reports, n.slots[i].prefixes, n.slots[i].given = reports[i], prefixes[i], given[i]
	}
}

func (x *cell) code(c *coder) {
	c.u32(&x.client)
	p := uint64(x.part)
	c.number(&p, math.MaxUint16)
	x.part = uint16(p)
	c.flag(&x.others)
	c.u32(&x.text)
	c.u32(&x.votes)
	x.gaps.code(c)
	c.u32s(x.reports[:])
	c.u32s(x.fresh[:])
	c.float32s(x.effective[:])
}

func (g *gaps) code(c *coder) {
	c.time(&g.last)
	c.time(&g.gap)
	c.float32s(g.sum[:])
	c.u32s(g.n[:])
}

// code leaves out a large set.
func (s *set) code(c *coder) {
	n := s.n
	if n > mostSaved {
		n = 0
	}
	n = c.length(n, mostSaved)
	if !c.reading {
		for _, x := range s.cells {
			if n > 0 && x != 0 {
				c.u32(&x)
			}
		}
		return
	}
	for range n {
		var x uint32
		if c.u32(&x); x>>4 == 0 {
			c.fail("a hash is zero")
			return
		}
		s.add(uint64(x>>4)<<36, int(x&(slots-1)), true)
	}
}

// codeTable codes the entries of a table in their order.
func codeTable[T any](c *coder, t *table[T], code func(*T)) {
	n := c.length(len(t.items), t.most)
	for i := range n {
		var key uint64
		if !c.reading {
			key = t.keys[i]
		}
		if c.number(&key, math.MaxUint64); c.err != nil {
			return
		}
		if !c.reading {
			code(&t.items[i])
			continue
		}
		if t.at(key) != nil {
			c.fail("an entry twice")
			return
		}
		code(t.add(key))
	}
}

// mend makes what is not coded: sums, and shares as they are now.
func (w *window) mend(u *usual, parts int, c *coder) {
	for i := range w.minutes {
		if i != w.slot {
			w.closed.add(&w.minutes[i])
		}
	}
	w.networks.sweep(func(n *network) bool {
		n.sum(u)
		return n.reports() > 0
	})
	for i := range w.cells.items {
		if int(w.cells.items[i].part) >= parts {
			c.fail("a component that there is not")
		}
	}
}
