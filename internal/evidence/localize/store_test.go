package localize

import "testing"

func TestKeptSharesAreWhole(t *testing.T) {
	u := NewUsual(16)
	b, err := u.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	var back Usual
	if err := back.UnmarshalBinary(b); err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string][]byte{"more": append(append([]byte(nil), b...), 0), "less": b[:len(b)-1], "nothing": nil} {
		if err := back.UnmarshalBinary(bad); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}
