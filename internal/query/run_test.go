package query

import "testing"

func TestFirst(t *testing.T) {
	e, _ := filled()
	for _, tab := range []string{"flows", "rollup_1m", "rollup_1h"} {
		r := ask(t, e.only(tab), "proto = udp group by src_country, src_as last 6h")
		t.Logf("%+v", r)
	}
	t.Logf("%+v", ask(t, e, "proto = udp group by src/24, in_if top 3 last 5h step 1h"))
}
