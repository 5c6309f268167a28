package payload

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

func TestServicesMakeDatagramsThatFitAndRepeat(t *testing.T) {
	for _, svc := range Services() {
		t.Run(svc.Name, func(t *testing.T) {
			for _, m := range []Maker{svc.Query, svc.Answer, svc.Abuse, svc.Data} {
				if m == nil {
					continue
				}
				for host := range uint64(300) {
					made := func() []byte {
						g := Gen{R: rand.New(rand.NewPCG(host, 1)), Host: host * 0x9e3779b97f4a7c15, Xact: host * 0xd6e8feb86659fd93, I: int(host % 3), Of: 3}
						return m([]byte("kept"), &g)
					}
					b := made()
					if len(b) < 5 || len(b) > 65507 || string(b[:4]) != "kept" {
						t.Fatalf("host %d: %d bytes, beginning %q", host, len(b), b[:4])
					}
					if !bytes.Equal(b, made()) {
						t.Fatalf("host %d: not the same twice", host)
					}
				}
			}
		})
	}
}

// What an attacker abuses must return more than it takes, or be repeated; that
// of IPMI and STUN is small in truth.
func TestAbuseAmplifies(t *testing.T) {
	for _, svc := range Services() {
		if svc.Abuse == nil {
			continue
		}
		sum := 0
		for host := range uint64(100) {
			g := Gen{R: rand.New(rand.NewPCG(host, 1)), Host: host * 0x9e3779b97f4a7c15, Of: 4}
			sum += len(svc.Abuse(nil, &g))
		}
		g := Gen{R: rand.New(rand.NewPCG(1, 1)), Of: 1}
		if q := len(svc.Query(nil, &g)); sum*svc.Bursts[1] < 300*q {
			t.Errorf("%s: %d bytes on average for a question of %d", svc.Name, sum/100, q)
		}
	}
}

func TestAnswerBelongsToItsQuestion(t *testing.T) {
	for _, name := range []string{"dns", "netbios", "portmap", "stun"} {
		for _, svc := range Services() {
			if svc.Name != name {
				continue
			}
			g := Gen{R: rand.New(rand.NewPCG(1, 1)), Host: 5, Xact: 0x1234567812345678}
			q, a := svc.Query(nil, &g), svc.Answer(nil, &g)
			from, to := 0, 2
			if name == "stun" {
				from, to = 8, 20
			}
			if !bytes.Equal(q[from:to], a[from:to]) {
				t.Errorf("%s: question % x, answer % x", name, q[:20], a[:20])
			}
		}
	}
}
