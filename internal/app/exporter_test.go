package app

import (
	"bytes"
	"context"
	"encoding/binary"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/scenario"
	"floodmark/internal/testenv"
)

// find gives the path of a program, also where only root looks.
func find(t *testing.T, name string) string {
	t.Helper()
	for _, dir := range append(filepath.SplitList(os.Getenv("PATH")), "/usr/sbin", "/sbin") {
		if path := filepath.Join(dir, name); isProgram(path) {
			return path
		}
	}
	testenv.Missing(t, "%s is not installed; make test installs it", name)
	return ""
}

func isProgram(path string) bool {
	st, err := os.Stat(path)
	return err == nil && st.Mode().IsRegular() && st.Mode()&0o111 != 0
}

// export plays a recording through softflowd, a flow exporter of others, to a
// socket on loopback, and gives what it sent as a capture of those datagrams.
func export(t *testing.T, recording string, version int) []byte {
	t.Helper()
	softflowd := find(t, "softflowd")
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetReadBuffer(8 << 20)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	done := make(chan error, 1)
	cmd := exec.CommandContext(ctx, softflowd, "-r", recording, "-n", conn.LocalAddr().String(), "-v", strconv.Itoa(version), "-d",
		"-m", "500000", "-p", filepath.Join(t.TempDir(), "pid"), "-c", "none")
	var stated bytes.Buffer
	cmd.Stderr = &stated
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	out := binary.LittleEndian.AppendUint32(nil, 0xa1b2c3d4)
	out = binary.LittleEndian.AppendUint32(out, 2|4<<16)
	out = append(out, make([]byte, 8)...)
	out = binary.LittleEndian.AppendUint32(out, 65535)
	out = binary.LittleEndian.AppendUint32(out, 101) // raw IP
	buf := make([]byte, 65536)
	self := conn.LocalAddr().(*net.UDPAddr)
	go func() {
		done <- cmd.Wait()
		conn.WriteTo(nil, self) // an empty datagram, behind all of the exporter's
	}()
	for {
		n, from, err := conn.ReadFromUDP(buf)
		if err != nil {
			t.Fatal(err)
		}
		if from.Port == self.Port {
			break
		}
		out = appendDatagram(out, buf[:n], from.Port, self.Port)
	}
	if err := <-done; err != nil {
		t.Fatalf("softflowd: %v: %s", err, stated.String())
	}
	return out
}

// appendDatagram adds a packet with the datagram to a pcap file.
func appendDatagram(out, payload []byte, from, to int) []byte {
	now := time.Now()
	size := uint32(28 + len(payload))
	for _, v := range []uint32{uint32(now.Unix()), uint32(now.Nanosecond() / 1000), size, size} {
		out = binary.LittleEndian.AppendUint32(out, v)
	}
	out = append(out, 0x45, 0, byte(size>>8), byte(size), 0, 0, 0, 0, 64, 17, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1)
	for _, v := range []int{from, to, 8 + len(payload), 0} {
		out = binary.BigEndian.AppendUint16(out, uint16(v))
	}
	return append(out, payload...)
}

// TestExportedRecordings analyses what a real exporter says of a recording:
// flows must lead to the same answer as packets where they can.
func TestExportedRecordings(t *testing.T) {
	for _, c := range []struct {
		name    string
		version int
		proto   string
		vectors string
	}{
		{"syn-flood", 9, "netflow9", "syn-flood"},
		{"syn-flood", 5, "netflow5", "syn-flood"},
		{"reflection-dns", 10, "ipfix", "reflection-dns"},
		{"udp-flood", 9, "netflow9", "udp-flood"},
		{"quiet-day", 10, "ipfix", ""},
		{"dying-server", 9, "netflow9", ""},
		{"backup", 5, "netflow5", ""},
	} {
		t.Run(c.name+"/"+c.proto, func(t *testing.T) {
			p := produce(t, c.name, scenario.Options{Scale: 0.1})
			path := put(t, p.file)[0]
			a := analyzeBytes(t, AnalyzeOptions{}, export(t, path, c.version))
			in := a.Inputs[0]
			if in.Kind != "flows" || strings.Join(in.Exports, " ") != c.proto {
				t.Fatalf("read as %s of %v, want flows of %s", in.Kind, in.Exports, c.proto)
			}
			if want := answer(c.vectors != ""); a.Attack != want {
				t.Fatalf("attack %s, want %s: %s", a.Attack, want, reasons(a))
			}
			var got []string
			for _, v := range a.Vectors {
				got = append(got, v.Name)
			}
			if strings.Join(got, " ") != c.vectors {
				t.Errorf("vectors %v, want %s", got, c.vectors)
			}
			for _, w := range p.truth.Vectors {
				v := vectorNamed(a, w.Name)
				if v != nil && !near(float64(v.Packets), float64(w.Packets), 0.1) {
					t.Errorf("%s: %d packets, want %d", w.Name, v.Packets, w.Packets)
				}
				if v != nil && v.Sources.Spoofing.Verdict != model.SpoofUndecided && v.Sources.Spoofing.Verdict != sourcesVerdict(w.Spoofed) {
					t.Errorf("%s: sources %s", w.Name, v.Sources.Spoofing.Verdict)
				}
			}
		})
	}
}

// TestNfdumpFiles analyses nfdump's own file of a recording, and its CSV.
func TestNfdumpFiles(t *testing.T) {
	nfpcapd, nfdump := find(t, "nfpcapd"), find(t, "nfdump")
	p := produce(t, "udp-flood", scenario.Options{Scale: 0.1})
	dir := t.TempDir()
	if out, err := exec.CommandContext(t.Context(), nfpcapd, "-r", put(t, p.file)[0], "-w", dir).CombinedOutput(); err != nil {
		t.Fatalf("nfpcapd: %v: %s", err, out)
	}
	files, err := filepath.Glob(filepath.Join(dir, "nfcapd.2*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("nfpcapd left no file: %v", err)
	}
	csv, err := exec.CommandContext(t.Context(), nfdump, "-R", dir, "-o", "csv").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		format string
		paths  []string
	}{{"nfdump", files}, {"nfdump", []string{dir}}, {"nfdump-csv", put(t, csv)}} {
		a := analyze(t, AnalyzeOptions{Paths: c.paths})
		if a.Inputs[0].Format != c.format || a.Inputs[0].Kind != "flows" {
			t.Errorf("%s read as %s of %s", c.format, a.Inputs[0].Kind, a.Inputs[0].Format)
		}
		v := vectorNamed(a, "udp-flood")
		if v == nil {
			t.Fatalf("%s: no udp-flood: %s", c.format, reasons(a))
		}
		if want := p.truth.Vectors[0].Packets; !near(float64(v.Packets), float64(want), 0.1) {
			t.Errorf("%s: %d packets, want %d", c.format, v.Packets, want)
		}
	}
	t.Run("cut", func(t *testing.T) {
		whole, err := os.ReadFile(files[0])
		if err != nil {
			t.Fatal(err)
		}
		all := analyze(t, AnalyzeOptions{Paths: files[:1]}).Inputs[0].Records
		for _, end := range []int{len(whole) / 3, len(whole) / 2, len(whole) - 1} {
			a, _, err := Analyze(t.Context(), AnalyzeOptions{Paths: put(t, whole[:end]), Geo: "none"})
			if err != nil {
				t.Errorf("cut at %d of %d: %v", end, len(whole), err)
				continue
			}
			in := a.Inputs[0]
			damaged := slices.ContainsFunc(in.Skipped, func(s model.Skip) bool { return strings.Contains(s.Reason, "damaged") })
			if !damaged || in.Records == 0 || in.Records > all {
				t.Errorf("cut at %d of %d: %d of %d records, skipped %+v", end, len(whole), in.Records, all, in.Skipped)
			}
		}
	})
	t.Run("without the program", func(t *testing.T) {
		t.Setenv("PATH", "")
		_, _, err := Analyze(t.Context(), AnalyzeOptions{Paths: files[:1], Geo: "none"})
		if err == nil || !strings.Contains(err.Error(), "nfdump") || !strings.Contains(err.Error(), "apt-get install") {
			t.Errorf("without nfdump: %v", err)
		}
	})
}
