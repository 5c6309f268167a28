package usercount

import "math"

const (
	// halfLife of what is usual, in minutes: two weeks, so that both weekends
	// weigh and a new carrier is usual within days.
	halfLife = 14 * 24 * 60
	// enoughUsual is how many reports must have been learnt before something may
	// be called unusual: a tenth is then known to a third of itself.
	enoughUsual = 100
	allOrdinary = 1<<(slots-1) - 1

	mostUsualNetworks, mostUsualClients, mostUsualCountries = 64, 32, 32
)

// usual is what ordinary minutes of the service are like: weights that fade.
type usual struct {
	at                                                        int64 // Unix ns, minute of the last learning
	minutes                                                   float64
	reports, known, effective, works, elsewhere, fromMachines float64
	judged, fresh                                             float64 // reports since enoughUsual was reached, and those from networks not in the table
	networks, clients, countries                              top
	parts                                                     []float32 // reports by component
}

// top is a bounded table of weights. When it is full, what is new takes the place
// of what weighs least and no more than it.
type top []struct {
	key    uint32
	weight float32
}

func (t *top) add(key uint32, weight float64, most int) {
	least := 0
	for i := range *t {
		e := &(*t)[i]
		if e.key == key {
			e.weight += float32(weight)
			return
		}
		if e.weight < (*t)[least].weight {
			least = i
		}
	}
	switch {
	case len(*t) < most:
		*t = append(*t, struct {
			key    uint32
			weight float32
		}{key, float32(weight)})
	case float64((*t)[least].weight) <= weight:
		(*t)[least].key, (*t)[least].weight = key, float32(weight)
	}
}

func (t top) weight(key uint32) float64 {
	for i := range t {
		if t[i].key == key {
			return float64(t[i].weight)
		}
	}
	return 0
}

func (t top) fade(by float64) {
	for i := range t {
		t[i].weight *= float32(by)
	}
}

// network returns the network's usual share, and whether enough is known to call
// it a stranger.
func (u *usual) network(asn uint32) (share float64, fresh bool) {
	if u == nil || u.reports <= 0 {
		return 0, false
	}
	x := u.networks.weight(asn)
	return min(1, x/u.reports), x == 0 && u.reports >= enoughUsual
}

// enough tells whether enough was learnt to call something unusual.
func (u *usual) enough() bool { return u != nil && u.reports >= enoughUsual }

// client is the usual share of reports with that browser; a half, which is a lot,
// until it is known.
func (u *usual) client(c uint32) float64 {
	if !u.enough() {
		return 0.5
	}
	return min(1, u.clients.weight(c)/u.reports)
}

// machines is the usual share of reports from networks of machines.
func (u *usual) machines() float64 {
	if !u.enough() {
		return 0
	}
	return min(1, u.fromMachines/u.reports)
}

// linkedShare is the usual share of reports that follow a link elsewhere.
func (u *usual) linkedShare() float64 {
	if !u.enough() {
		return usualLinked
	}
	return min(0.95, u.elsewhere/u.reports)
}

// linked is how many reports that follow a link count for one that does not: twice
// as many as usual.
func (u *usual) linked() float64 {
	s := u.linkedShare()
	return 2 * s / (1 - s)
}

// strangers is the usual share of reports from networks outside of the table.
func (u *usual) strangers() float64 {
	if u == nil || u.judged <= 0 {
		return 0
	}
	return min(1, u.fresh/u.judged)
}

// level is the usual effective count of a minute.
func (u *usual) level() float64 {
	if u == nil || u.minutes <= 0 {
		return 0
	}
	return u.effective / u.minutes
}

// Learn is called once after each Close and says whether the minute was ordinary:
// of no incident, not suspected. A minute is learnt when it leaves the window, and
// only if it and all after it were ordinary: what leads up to an incident, and
// what a forger sends before, is not taken as usual.
func (t *Tally) Learn(ordinary bool) {
	t.ordinary <<= 1
	if ordinary && !t.forged {
		t.ordinary |= 1
	}
	if t.ordinary&allOrdinary != allOrdinary {
		return
	}
	slot := int(t.open/minute+1) % slots
	if t.w == nil || t.w.minutes[slot] == (counts{}) {
		t.quiet++
		return
	}
	if t.usual == nil {
		t.usual = &usual{at: t.open, parts: make([]float32, t.parts())}
	}
	u := t.usual
	u.fade(t.open)
	u.minutes += 1 + float64(t.quiet)
	t.quiet = 0
	u.learn(t.w, slot)
}

// fade takes from all weights what the time since the last learning takes.
func (u *usual) fade(now int64) {
	by := math.Exp2(-float64(max(0, now-u.at)/minute) / halfLife)
	u.at = now
	for _, x := range u.weights() {
		*x *= by
	}
	u.networks.fade(by)
	u.clients.fade(by)
	u.countries.fade(by)
	for i := range u.parts {
		u.parts[i] *= float32(by)
	}
}

func (u *usual) weights() [9]*float64 {
	return [...]*float64{&u.minutes, &u.reports, &u.known, &u.effective, &u.works, &u.elsewhere, &u.fromMachines, &u.judged, &u.fresh}
}

// learn adds one minute of the window.
func (u *usual) learn(w *window, slot int) {
	m := &w.minutes[slot]
	if u.enough() {
		u.judged += float64(m.problems)
		u.fresh += float64(m.fresh)
	}
	u.reports += float64(m.problems)
	u.known += float64(m.known)
	u.effective += m.effective
	u.works += float64(m.works)
	u.elsewhere += float64(m.elsewhere)
	u.fromMachines += float64(m.machines)
	for i := range w.networks.items {
		if n := &w.networks.items[i]; n.asn != 0 && n.slots[slot].reports > 0 {
			u.networks.add(n.asn, float64(n.slots[slot].reports), mostUsualNetworks)
		}
	}
	for i := range w.cells.items {
		if c := &w.cells.items[i]; c.reports[slot] > 0 {
			u.parts[c.part] += float32(c.reports[slot])
			if !c.others {
				u.clients.add(c.client, float64(c.reports[slot]), mostUsualClients)
			}
		}
	}
	for i := range w.places.items {
		if n := w.places.items[i].reports[slot]; n > 0 {
			country, _ := placeOf(w.places.keys[i])
			u.countries.add(uint32(country), float64(n), mostUsualCountries)
		}
	}
}

// Usual returns the shares of the components in ordinary reports, in the order of
// the service, the last one for none named; nil until 100 reports were learnt.
func (t *Tally) Usual() []float64 {
	if !t.usual.enough() {
		return nil
	}
	out := make([]float64, t.parts())
	sum := 0.0
	for _, x := range t.usual.parts {
		sum += float64(x)
	}
	for i, x := range t.usual.parts {
		out[i] = float64(x) / max(sum, 1)
	}
	return out
}
