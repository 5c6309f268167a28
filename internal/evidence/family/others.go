package family

import (
	"fmt"
	"strings"

	"floodmark/internal/text"
)

// recorderPorts are services of cameras and recorders. A scan for one of them
// looks for such devices, and worms of this kind spread among their like: a
// hint, no more.
var recorderPorts = map[uint16]string{
	554: "RTSP", 34567: "XMEye/HiSilicon recorders", 37777: "Dahua recorders", 37778: "Dahua recorders", 37810: "Dahua discovery",
}

// homeShare is the share of access and mobile networks that devices at home
// and in small offices should show.
const homeShare = 0.6

// recorders grades "cameras and recorders", never above weak: neither packets
// nor ports prove a device, and a device is not an infection.
func recorders(in Input) (finding, bool) {
	f := finding{name: "camera/recorder (DVR) devices", method: "family/recorder", grade: weak, confidence: "low",
		also: []string{"home routers and other small devices behind the same addresses", "hosts that scan for recorders without being one",
			"other devices that answer the same discovery protocol"},
		change: "dated device scans by others (within a week of the attack) joined by address, compared with random addresses of the same networks"}
	for _, v := range in.Vectors {
		if v.Name == "reflection-dhdiscover" {
			f.indications = append(f.indications, "Reflected answers of the DHDiscover protocol come from recorders that answer strangers: these devices were abused as reflectors, which is no sign of infection.")
		}
	}
	j := in.Scan.weigh()
	access, looked := kind(in.Kinds, "access")
	mobile, _ := kind(in.Kinds, "mobile")
	if n := j.ports(recorderPorts); j.beyond && n >= fewestMatches && looked && access+mobile >= homeShare {
		f.indications = append(f.indications, fmt.Sprintf("%d attack sources scanned for services of cameras and recorders, and %s of the attack comes from access and mobile networks.", n, text.Percent(access+mobile)))
	}
	if len(f.indications) == 0 {
		return finding{}, false
	}
	if j.Sources > 0 {
		f.n, f.m = int64(j.SYNs), int64(j.Sources)
	}
	if h, ok := kind(in.Kinds, "hosting"); ok && h > 0.3 {
		f.against = append(f.against, text.Percent(h)+" of the attack comes from hosting networks, where such devices do not stand.")
	}
	return f, true
}

// booter grades the tooling of rented attack services, never above weak: it
// needs at least two of three signs, since each alone is common.
func booter(in Input) (finding, bool) {
	f := finding{name: "booter / stresser tooling", method: "family/booter", grade: weak, confidence: "low",
		also:   []string{"one operator with own servers and lists of reflectors", "several attackers at the same time", "test tools for DDoS defences"},
		change: "the same set of vectors in an attack whose origin is known, or records of the service"}
	services, kinds, direct := []string{}, 0, false
	for _, v := range in.Vectors {
		switch name, ok := strings.CutPrefix(v.Name, "reflection-"); {
		case ok && v.Reflection:
			services = append(services, name)
		case v.Name != "fragment-flood" && v.Name != "unclassified":
			kinds++
		}
	}
	direct = spoofed(in.Vectors)
	if len(services) >= 2 {
		f.indications = append(f.indications, fmt.Sprintf("%d kinds of reflectors are used at once (%s), which takes lists of each.", len(services), text.List(services)))
	}
	if direct {
		f.indications = append(f.indications, "A direct flood has forged sources, which takes a network that lets them out.")
	}
	if len(services)+kinds >= 4 {
		f.indications = append(f.indications, fmt.Sprintf("%d vectors are combined.", len(services)+kinds))
	}
	if len(services) == 0 || len(f.indications) < 2 {
		return finding{}, false
	}
	if in.Scan.weigh().beyond {
		f.against = append(f.against, "Attack sources were also seen scanning like a botnet.")
	}
	return f, true
}
