package scenario

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"floodmark/internal/scenario/export"
	"floodmark/internal/scenario/sender"
	"floodmark/internal/testenv"
)

// program finds a program that make test installs.
func program(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		testenv.Missing(t, "%s is not installed; make test installs it", name)
	}
	return path
}

// TestTsharkReadsExports lets tshark judge the form of every datagram, and
// compares what it counts with the truth.
func TestTsharkReadsExports(t *testing.T) {
	t.Parallel()
	tshark := program(t, "tshark")
	for p := export.NetFlow5; p <= export.SFlow; p++ {
		t.Run(p.String(), func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "exports.pcapng")
			f, err := os.Create(file)
			if err != nil {
				t.Fatal(err)
			}
			truth, err := WriteExports(f, "slow-ramp", RunOptions{Options: Options{Scale: 0.1, Duration: 20 * time.Minute}, Protocol: p})
			if err != nil || f.Close() != nil {
				t.Fatal(err)
			}
			counts, malformed := "cflow.packets", "_ws.malformed"
			if p == export.SFlow { // sampled packets end after 128 bytes, which dissectors of applications call malformed
				counts, malformed = "sflow.flow_sample.sampling_rate", "_ws.malformed && !sflow_245.header.frame_length"
			}
			args := []string{"-r", file, "-n", "-d", "udp.port==2055,cflow"}
			if bad := runTshark(t, tshark, append(args, "-Y", malformed)...); bad != "" {
				t.Errorf("malformed: %s", bad)
			}
			got := uint64(0)
			for _, n := range strings.FieldsFunc(runTshark(t, tshark, append(args, "-T", "fields", "-e", counts)...), func(r rune) bool { return r == ',' || r == '\n' }) {
				v, err := strconv.ParseUint(n, 10, 64)
				if err != nil {
					t.Fatalf("tshark said %q", n)
				}
				if p == export.SFlow {
					v = v / 1000
				}
				got += v
			}
			want := truth.Packets
			for _, x := range truth.Exporters {
				want -= x.Stats.NotAdvertised
			}
			if got != want {
				t.Errorf("tshark counts %d packets, truth says %d", got, want)
			}
		})
	}
}

// TestNfcapdCountsWhatWasSent sends over sockets to nfdump's collector.
// nfcapd 1.7.1 multiplies by the sampling rate for NetFlow v5 only.
func TestNfcapdCountsWhatWasSent(t *testing.T) {
	t.Parallel()
	nfcapd, nfdump := program(t, "nfcapd"), program(t, "nfdump")
	for p, times := range map[export.Protocol]uint64{export.NetFlow5: 1000, export.NetFlow9: 1, export.IPFIX: 1} {
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			dir, port := t.TempDir(), freePort(t)
			collector := exec.Command(nfcapd, "-b", "127.0.0.1", "-p", strconv.Itoa(port), "-w", dir, "-B", "4000000", "-t", "3600")
			if err := collector.Start(); err != nil {
				t.Fatal(err)
			}
			defer collector.Process.Kill()
			testenv.Eventually(t, "the collector got there", func() bool { return queued(port) >= 0 })
			truth := sendTo(t, p, port)
			testenv.Eventually(t, "the collector got there", func() bool { return queued(port) == 0 })
			collector.Process.Signal(syscall.SIGTERM)
			collector.Wait()
			out, err := exec.Command(nfdump, "-R", dir, "-I").Output()
			if err != nil {
				t.Fatal(err)
			}
			facts := map[string]uint64{}
			for line := range strings.Lines(string(out)) {
				name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
				facts[name], _ = strconv.ParseUint(value, 10, 64)
			}
			packets, records, datagrams := truth.Packets, uint64(0), uint64(0)
			for _, x := range truth.Exporters {
				packets -= x.Stats.NotAdvertised
				records += x.Stats.Records
				datagrams += x.Stats.Datagrams
			}
			if facts["Packets"] != packets*times || facts["Flows"] != records {
				t.Errorf("nfcapd counts %d packets in %d flows, truth says %d in %d", facts["Packets"], facts["Flows"], packets*times, records)
			}
			// nfcapd does not count options records in the sequence of IPFIX, which
			// RFC 7011 section 3.1 does: each repetition looks like a gap to it.
			if gaps := facts["Sequence failures"]; gaps != 0 && p != export.IPFIX {
				t.Errorf("%d gaps in the sequence of %d datagrams", gaps, datagrams)
			}
		})
	}
}

func sendTo(t *testing.T, p export.Protocol, port int) Truth {
	t.Helper()
	to := fmt.Sprintf("127.0.0.1:%d", port)
	s, err := sender.New(sender.Config{NetFlow: to, SFlow: to, Speed: 1e9, Begin: time.Now(), Limit: 20_000})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	send := s.Send(context.Background())
	truth, err := Run(t.Context(), "slow-ramp", RunOptions{Options: Options{Scale: 0.2, Duration: 20 * time.Minute}, Protocol: p,
		Send: func(from netip.Addr, to Collector, d []byte, at int64) error {
			return send(from, int(to), d, at)
		}})
	if err != nil {
		t.Fatal(err)
	}
	if s.Stats().Refused > 0 {
		t.Fatalf("%+v", s.Stats())
	}
	return truth
}

func freePort(t *testing.T) int {
	t.Helper()
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return c.LocalAddr().(*net.UDPAddr).Port
}

// queued is what waits in the receive buffer of the socket bound to 127.0.0.1
// and port, in bytes; -1 where there is no such socket.
func queued(port int) int64 {
	b, _ := os.ReadFile("/proc/net/udp")
	bound := fmt.Sprintf(" 0100007F:%04X ", port)
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); strings.Contains(line, bound) && len(f) > 4 {
			_, rx, _ := strings.Cut(f[4], ":")
			n, err := strconv.ParseInt(rx, 16, 64)
			if err == nil {
				return n
			}
		}
	}
	return -1
}
