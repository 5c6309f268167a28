package scenario

import (
	"strings"
	"testing"
)

// slugs is the closed list of vectors.
const slugs = `syn-flood synack-reflection ack-flood rst-flood fin-flood tcp-flags-abnormal tcp-middlebox-reflection stomp-flood udp-flood
icmp-flood gre-flood vse-flood dns-water-torture dns-query-flood http-flood slow-http fragment-flood ip-protocol-flood`

const reflected = `dns ntp cldap memcached ssdp chargen qotd snmp netbios portmap rip tftp mdns steam ws-discovery arms rdp coap dhdiscover
tp240 slp plex jenkins stun dtls quic openvpn l2tp mssql ipmi ike bacnet ubiquiti`

func TestEverySlugHasItsAttackAndItsLookAlike(t *testing.T) {
	want := strings.Fields(slugs)
	for _, s := range strings.Fields(reflected) {
		want = append(want, "reflection-"+s)
	}
	fixture, double := map[string]string{}, map[string]string{}
	for _, name := range Names() {
		i, err := Describe(name)
		if err != nil {
			t.Fatal(err)
		}
		if i.Vector != "" {
			fixture[i.Vector] = name
		}
		if i.LooksLike != "" {
			double[i.LooksLike] = name
		}
		if i.Attack && i.LooksLike != "" || !i.Attack && i.Vector != "" {
			t.Errorf("%s is both an attack and not", name)
		}
	}
	for _, slug := range want {
		if fixture[slug] == "" || double[slug] == "" {
			t.Errorf("%s: fixture %q, look-alike %q", slug, fixture[slug], double[slug])
		}
		delete(fixture, slug)
		delete(double, slug)
	}
	if len(fixture)+len(double) > 0 {
		t.Errorf("slugs outside of the closed list: %v %v", fixture, double)
	}
}

// A recording that is made for one slug holds that vector and no other.
func TestFixtureHoldsItsVectorOnly(t *testing.T) {
	t.Parallel()
	for _, name := range Names() {
		i, _ := Describe(name)
		if i.Vector == "" || name == "spoofed-50m" {
			continue
		}
		truth, err := Write(discard{}, name, light(name))
		if err != nil {
			t.Fatal(err)
		}
		if len(truth.Vectors) != 1 || truth.Vectors[0].Name != i.Vector {
			t.Errorf("%s: %+v", name, truth.Vectors)
		}
	}
}

type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }

// The truth of the demonstration bears out its own claims.
func TestCameraFloodClaims(t *testing.T) {
	t.Parallel()
	truth, err := Write(discard{}, "camera-flood", Options{})
	if err != nil {
		t.Fatal(err)
	}
	share, rank := map[string]float64{}, map[string]int{}
	sum, attack := uint64(0), uint64(0)
	for i, c := range truth.Countries {
		share[c.Code], rank[c.Code] = c.Share, i+1
		sum += c.Packets
	}
	for _, v := range truth.Vectors {
		attack += v.Packets
		if v.Spoofed || v.Sources < 3000 || v.Sources > 8000 {
			t.Errorf("%+v", v)
		}
	}
	if sum != attack {
		t.Errorf("countries add up to %d of %d attack packets", sum, attack)
	}
	if share["UA"] <= 0 || share["UA"] > 0.02 || rank["UA"] <= 20 || rank["US"] != 1 {
		t.Errorf("UA has %.4f and rank %d, US rank %d", share["UA"], rank["UA"], rank["US"])
	}
	if five := share["US"] + share["MX"] + share["ES"] + share["IT"] + share["BR"]; five < 0.52 {
		t.Errorf("the five leading countries have %.3f together", five)
	}
	if truth.Packets < 400_000 || truth.Packets > 800_000 || truth.ScanSources < 100 {
		t.Errorf("%d packets, %d sources scanned", truth.Packets, truth.ScanSources)
	}
}

func TestFiftyMillionGivesEveryPacketItsOwnSource(t *testing.T) {
	truth, err := Write(discard{}, "spoofed-50m", Options{Scale: 0.004})
	if err != nil {
		t.Fatal(err)
	}
	if v := truth.Vectors[0]; v.Packets != 200_000 || v.Sources != 200_000 || !v.Spoofed {
		t.Errorf("%+v", v)
	}
}

func BenchmarkWrite(b *testing.B) {
	for _, name := range []string{"camera-flood", "syn-flood", "quiet-day", "reflection-dns"} {
		b.Run(name, func(b *testing.B) {
			n := uint64(0)
			for b.Loop() {
				truth, err := Write(discard{}, name, Options{})
				if err != nil {
					b.Fatal(err)
				}
				n += truth.Packets
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "packets/s")
		})
	}
}
