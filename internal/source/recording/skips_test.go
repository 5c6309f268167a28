package recording

import "testing"

// A reason that occurs often is one entry with sums and the first example.
func TestSkipsAddUp(t *testing.T) {
	var s skips
	s.add("b", 3, 30, "first")
	s.add("b", 2, 20, "second")
	s.add("a", 1, 10, "other")
	got := s.list()
	if len(got) != 2 || got[0].Reason != "a" || got[1].Records != 5 || got[1].Bytes != 50 || got[1].Example != "first" {
		t.Errorf("%+v", got)
	}
}
