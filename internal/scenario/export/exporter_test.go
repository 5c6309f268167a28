package export

import (
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"floodmark/internal/model"
	"floodmark/internal/scenario/wire"
)

const second = int64(time.Second)

// ended is a flow record of NetFlow v5 as far as these tests look at it.
type ended struct {
	At, First, Last int64 // seconds since boot
	Packets         uint32
	Port            uint16
}

// meter returns an exporter of NetFlow v5 that adds its records to a list.
func meter(t *testing.T) (*Exporter, *[]ended) {
	t.Helper()
	var list []ended
	e, err := New(Config{Name: "x", Addr: netip.MustParseAddr("127.0.0.9"), Protocol: NetFlow5, Rand: rand.New(rand.NewPCG(1, 2)),
		Interfaces: []Interface{{Index: 1, External: true}, {Index: 2}},
		Send: func(b []byte, at int64) error {
			be := binary.BigEndian
			for r := b[24:]; len(r) >= 48; r = r[48:] {
				list = append(list, ended{at / second, int64(be.Uint32(r[24:])) / 1000, int64(be.Uint32(r[28:])) / 1000, be.Uint32(r[16:]), be.Uint16(r[32:])})
			}
			return nil
		}})
	if err != nil {
		t.Fatal(err)
	}
	return e, &list
}

func udp(port uint16) *wire.Packet {
	return &wire.Packet{In: true, Src: model.Addr4(0x0a000001), Dst: model.Addr4(0xc6121401), Proto: model.ProtoUDP, Sport: port, Dport: 53, Length: 100, TTL: 60}
}

func TestLongFlowIsReportedAtEveryActiveTimeout(t *testing.T) {
	e, list := meter(t)
	for s := range int64(131) {
		if err := e.Observe(s*second, udp(1), 1, 2); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Close(131 * second); err != nil {
		t.Fatal(err)
	}
	want := []ended{{60, 0, 59, 60, 1}, {120, 60, 119, 60, 1}, {131, 120, 130, 11, 1}}
	if d := cmp.Diff(want, *list); d != "" {
		t.Error(d)
	}
}

func TestIdleFlowIsReportedAfterTheInactiveTimeout(t *testing.T) {
	e, list := meter(t)
	e.Observe(0, udp(1), 1, 2)
	e.Observe(5*second, udp(2), 1, 2)
	e.Observe(8*second, udp(1), 1, 2)
	for s := int64(9); s < 40; s++ {
		e.Advance(s * second)
	}
	if d := cmp.Diff([]ended{{20, 5, 5, 1, 2}, {23, 0, 8, 2, 1}}, *list); d != "" {
		t.Error(d)
	}
}

func TestFINAndRSTEndAFlow(t *testing.T) {
	e, list := meter(t)
	p := udp(7)
	p.Proto, p.Flags = model.ProtoTCP, model.ACK
	e.Observe(0, p, 1, 2)
	p.Flags = model.FIN | model.ACK
	e.Observe(second, p, 1, 2)
	e.Advance(3 * second)
	if d := cmp.Diff([]ended{{3, 0, 1, 2, 7}}, *list); d != "" {
		t.Error(d)
	}
}

func TestFullCacheSendsTheCalmestFlow(t *testing.T) {
	e, list := meter(t)
	for i := range uint32(maxFlows + 10) {
		p := udp(uint16(i))
		p.Src = model.Addr4(0x0b000000 + i)
		e.Observe(int64(i), p, 1, 2)
	}
	if st := e.Stats(); st.Evicted != 10 || st.PeakFlows != maxFlows {
		t.Errorf("%+v", st)
	}
	e.Close(second)
	if len(*list) != maxFlows+10 || (*list)[0].Port != 0 || (*list)[9].Port != 9 {
		t.Errorf("%d records, first %+v", len(*list), (*list)[0])
	}
}

func TestConfigurationsThatCannotBe(t *testing.T) {
	for _, c := range []Config{{Name: "none"}, {Protocol: NetFlow5, Sampling: 20_000}} {
		if _, err := New(c); err == nil {
			t.Errorf("%+v was accepted", c)
		}
	}
	if _, err := ParseProtocol("netflow7"); err == nil {
		t.Error("netflow7 was accepted")
	}
	for _, s := range []string{"", "loss", "loss=2", "loss=-1", "skew=5", "noise=1", "advertised-rate=-1", "no-sampling-rate=maybe"} {
		if f, err := ParseFaults(s, time.Unix(0, 0)); err == nil {
			t.Errorf("%q gave %+v", s, f)
		}
	}
	want := Faults{Loss: 0.5, Skew: time.Minute, AdvertisedRate: 7, NoSamplingRate: true, Silent: 3600 * second, Restart: 60 * second}
	got, err := ParseFaults("loss=0.5,skew=1m,advertised-rate=7,no-sampling-rate=true,stop-at=1h,restart-at=1m", time.Unix(0, 0))
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Error(err, d)
	}
}

func TestErrorOfSendSticks(t *testing.T) {
	stop := errors.New("enough")
	e, _ := New(Config{Protocol: IPFIX, Interfaces: []Interface{{Index: 1}}, Send: func([]byte, int64) error { return stop }})
	for s := range int64(3) {
		if err := e.Advance(s * second); !errors.Is(err, stop) {
			t.Fatalf("second %d: %v", s, err)
		}
	}
}
