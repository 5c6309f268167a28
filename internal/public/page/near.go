package page

import "strconv"

const (
	// fewPeople is the number under which reports of one network are not counted
	// aloud: a person could be found in them.
	fewPeople = 5
	// manyOthers is the number of other services in trouble on the visitor's
	// network from which the network is the likelier cause.
	manyOthers = 3
)

// newNear answers "is it only me?" with what is known of the visitor's network.
func newNear(l *locale, v *NearView) nearPage {
	name, x := clean(60, v.Service.Service.Name), &v.Vicinity
	net := clean(60, x.Network)
	kind := situation(v.Service)
	hot := kind == open || kind == elsewhere || kind == suspected
	more := x.Near >= 2 && float64(x.Near) >= 2*sane(x.Usual)+1
	n := nearPage{Class: "calm", Mark: "○"}
	switch {
	case net == "":
		n.Mark, n.Text = "?", l.h("near.unknown")
		if hot {
			n.Text = l.h("near.unknown.hot", name)
		}
	case x.Elsewhere >= manyOthers:
		n.Class, n.Mark = "warn", "◩"
		n.Text = l.h("near.network", net, l.count(float64(x.Elsewhere)))
	case more && x.Near < fewPeople:
		n.Class, n.Mark = "warn", "■"
		n.Text = l.h("near.some", net, name)
	case more:
		n.Class, n.Mark = "warn", "■"
		n.Text = l.h("near.many", l.count(float64(x.Near)), net, name, l.few(x.Usual))
	case hot:
		n.Mark, n.Text = "◇", l.h("near.others", net, name)
	default:
		n.Text = l.h("near.none", net, name)
	}
	n.Note = l.t("near.note")
	return n
}

func itoa(n int) string { return strconv.Itoa(n) }
