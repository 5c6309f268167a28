package scenario

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// light makes a scenario small enough to be written in a test.
func light(name string) Options {
	if name == "spoofed-50m" {
		return Options{Scale: 0.0002}
	}
	return Options{Scale: 0.02}
}

// packetsIn counts the packet blocks of a pcapng file by walking its blocks.
func packetsIn(t *testing.T, b []byte) (n uint64, last uint64) {
	t.Helper()
	for len(b) > 0 {
		if len(b) < 12 {
			t.Fatalf("%d bytes left over", len(b))
		}
		size := binary.LittleEndian.Uint32(b[4:])
		if size%4 != 0 || int(size) > len(b) || binary.LittleEndian.Uint32(b[size-4:]) != size {
			t.Fatalf("block of %d bytes: lengths disagree", size)
		}
		if binary.LittleEndian.Uint32(b) == 6 {
			n++
			at := uint64(binary.LittleEndian.Uint32(b[12:]))<<32 | uint64(binary.LittleEndian.Uint32(b[16:]))
			if at < last {
				t.Fatalf("packet %d runs backwards in time", n)
			}
			last = at
		}
		b = b[size:]
	}
	return n, last
}

func TestEveryScenarioHoldsWhatItsTruthSays(t *testing.T) {
	t.Parallel()
	for _, name := range Names() {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			truth, err := Write(&b, name, light(name))
			if err != nil {
				t.Fatal(err)
			}
			n, _ := packetsIn(t, b.Bytes())
			if n != truth.Packets || n == 0 {
				t.Errorf("file holds %d packets, truth says %d", n, truth.Packets)
			}
			sum := truth.Background.Packets + truth.Duplicates
			for _, v := range truth.Vectors {
				sum += v.Packets
				if v.Sources == 0 || v.Sources > v.Packets || v.PeakPPS == 0 || v.PeakPPS > v.Packets {
					t.Errorf("vector %+v is impossible", v)
				}
			}
			if sum != truth.Packets {
				t.Errorf("parts add up to %d, truth says %d", sum, truth.Packets)
			}
			if truth.Attack != (len(truth.Vectors) > 0) || truth.Attack != (len(truth.Target) > 0) {
				t.Errorf("attack %v with %d vectors and target %v", truth.Attack, len(truth.Vectors), truth.Target)
			}
			if want := []byte("floodmark scenario " + name + " seed 1"); !bytes.Contains(b.Bytes()[:256], want) {
				t.Errorf("section header does not say %q", want)
			}
		})
	}
}

func TestSameSeedSameBytes(t *testing.T) {
	write := func(seed uint64) ([]byte, Truth) {
		var b bytes.Buffer
		truth, err := Write(&b, "camera-flood", Options{Scale: 0.02, Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		return b.Bytes(), truth
	}
	a, ta := write(7)
	b, tb := write(7)
	c, _ := write(8)
	if !bytes.Equal(a, b) || !cmp.Equal(ta, tb) {
		t.Error("the same seed gave different bytes")
	}
	if bytes.Equal(a, c) {
		t.Error("another seed gave the same bytes")
	}
}

func TestUnknownNameNamesTheNearest(t *testing.T) {
	_, err := Write(&bytes.Buffer{}, "camera-flod", Options{})
	var unknown *unknownError
	if !errors.As(err, &unknown) || unknown.Nearest != "camera-flood" {
		t.Errorf("got %v", err)
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestErrorOfTheWriterComesBack(t *testing.T) {
	if _, err := Write(fullDisk{}, "camera-flood", light("camera-flood")); err == nil {
		t.Error("a full disk went unnoticed")
	}
}
