package wire

import (
	"testing"

	"floodmark/internal/model"
)

func TestLenIsWhatIsWritten(t *testing.T) {
	four, six := model.Addr4(0x0a000001), model.Addr{Hi: 0x20010db8 << 32, Lo: 1}
	for _, a := range []model.Addr{four, six} {
		for _, p := range []Packet{
			{Proto: model.ProtoTCP, Options: make([]byte, 12), Length: 31}, {Proto: model.ProtoUDP, Payload: make([]byte, 9)}, {Proto: model.ProtoICMP, Length: 32},
			{Proto: model.ProtoUDP, Raw: true, Offset: 1480, Length: 200}, {Proto: model.ProtoUDP, MF: true, Length: 1472}, {Proto: model.ProtoGRE, Length: 40},
		} {
			p.Src, p.Dst = a, a
			if got, want := p.Len(), len(AppendFrame(nil, &p))-14; got != want {
				t.Errorf("%+v: %d bytes, %d are written", p, got, want)
			}
		}
	}
}
