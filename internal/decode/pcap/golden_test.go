package pcap

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// wanted is one packet as tshark reads it, and as we do.
type wanted struct {
	Time      int64
	Cap, Wire uint32
	Interface uint32
	Link      uint16
	MD5       string
}

// tshark reads a .want.tsv. Interfaces are counted over the whole file:
// starts gives where each section's begin.
func tshark(t *testing.T, name string, starts []uint32) []wanted {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	number := func(s string) uint64 {
		if s == "" {
			return 0
		}
		v, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	links := map[string]uint16{"1": 1, "7": 101} // Wireshark's own numbers
	var all []wanted
	for _, line := range strings.Split(strings.TrimSpace(string(b)), "\n") {
		f := strings.Split(line, "\t")
		w := wanted{Time: int64(number(strings.Replace(f[0], ".", "", 1))), Cap: uint32(number(f[1])), Wire: uint32(number(f[2])),
			Interface: uint32(number(f[3])), Link: links[f[5]], MD5: f[6]}
		if s := number(f[4]); s > 0 {
			w.Interface += starts[s-1]
		}
		all = append(all, w)
	}
	return all
}

// read reads everything and returns it with the error at the end.
func read(src io.Reader) ([]wanted, Info, error) { return readBy(src, make([]byte, bufSize)) }

// readBy reads through the given window.
func readBy(src io.Reader, buf []byte) ([]wanted, Info, error) {
	r, err := newReader(src, buf)
	if err != nil {
		return nil, Info{}, err
	}
	var all []wanted
	var p Packet
	for err = r.Next(&p); err == nil; err = r.Next(&p) {
		sum := md5.Sum(p.Data)
		all = append(all, wanted{Time: p.Time, Cap: p.CapLen, Wire: p.WireLen, Interface: p.Interface, Link: p.LinkType,
			MD5: hex.EncodeToString(sum[:])})
	}
	if again := r.Next(&p); again != err {
		err = fmt.Errorf("after %v came %v", err, again)
	}
	return all, r.Info(), err
}

func TestRecordingsReadAsTsharkReadsThem(t *testing.T) {
	const dumpcap = "Dumpcap (Wireshark) 4.0.17 (Git v4.0.17 packaged as 4.0.17-0+deb12u3)"
	cases := []struct {
		name, format   string
		starts         []uint32
		apps, comments []string
		packetComments uint64
		received       uint64 // by the interfaces, as statistics blocks tell
	}{
		{"two.pcapng", "pcapng", []uint32{0}, []string{dumpcap}, []string{"two interfaces at once"}, 0, 16},
		{"micro.pcap", "pcap", nil, nil, nil, 0, 0},
		{"nano.pcap", "pcap", nil, nil, nil, 0, 0},
		{"modified.pcap", "pcap", nil, nil, nil, 0, 0},
		{"nano.pcapng", "pcapng", []uint32{0}, nil, nil, 0, 0},
		{"snapped.pcapng", "pcapng", []uint32{0}, nil, nil, 0, 0},
		{"comments.pcapng", "pcapng", []uint32{0}, nil, nil, 1, 0},
		{"links.pcapng", "pcapng", []uint32{0}, nil, nil, 0, 0},
		{"sections.pcapng", "pcapng", []uint32{0, 2, 4}, nil, nil, 0, 16},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			name := filepath.Join("testdata", c.name)
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			got, info, err := read(bytes.NewReader(b))
			if err != io.EOF {
				t.Fatal(err)
			}
			want := tshark(t, name+".want.tsv", c.starts)
			if len(want) < 16 {
				t.Fatalf("only %d packets", len(want))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			if info.Format != c.format || info.Packets != uint64(len(want)) || info.PacketComments != c.packetComments || info.Drops.Received != c.received {
				t.Errorf("info %+v", info)
			}
			if c.apps != nil && (cmp.Diff(c.apps, info.Apps) != "" || cmp.Diff(c.comments, info.Comments) != "") {
				t.Errorf("written by %q, comments %q", info.Apps, info.Comments)
			}
			if format, ok := Sniff(b[:12]); !ok || format != c.format {
				t.Errorf("sniffed %q, %v", format, ok)
			}
			dribbled, _, err := read(dribble{bytes.NewReader(b)})
			if diff := cmp.Diff(want, dribbled); diff != "" || err != io.EOF {
				t.Errorf("octet by octet: %v %s", err, diff)
			}
		})
	}
}

// dribble reads one or two bytes at a time.
type dribble struct{ r *bytes.Reader }

func (o dribble) Read(b []byte) (int, error) {
	return o.r.Read(b[:min(len(b), 1+o.r.Len()%2)])
}
