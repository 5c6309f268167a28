package scenario

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"testing"

	"floodmark/internal/testenv"
)

// noisePayload names scenarios whose packets carry noise to arbitrary ports,
// which a dissector may take for any protocol.
var noisePayload = map[string]bool{
	"camera-flood": true, "udp-flood": true, "gre-flood": true, "carpet-bombing": true, "multi-vector": true,
	"fragment-flood": true, "ip-protocol-flood": true,
}

// TestTsharkReadsAFewScenarios takes one of each kind; the soak test takes all.
func TestTsharkReadsAFewScenarios(t *testing.T) {
	t.Parallel()
	readWithTshark(t, []string{"camera-flood", "syn-flood", "http-flood", "reflection-dns", "reflection-cldap", "reflection-snmp",
		"like-reflection-ntp", "gre-flood"})
}

// readWithTshark joins small recordings of the named scenarios into one file
// (a pcapng file may have many sections) and lets tshark judge checksums and
// forms.
func readWithTshark(t *testing.T, names []string) {
	t.Helper()
	tshark, err := exec.LookPath("tshark")
	if err != nil {
		testenv.Missing(t, "tshark is not installed; make test installs it")
	}
	file := filepath.Join(t.TempDir(), "all.pcapng")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	var ends []int
	total := 0
	for _, name := range names {
		truth, err := Write(f, name, light(name))
		if err != nil {
			t.Fatal(err)
		}
		total += int(truth.Packets)
		ends = append(ends, total)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	out := runTshark(t, tshark, "-r", file, "-n", "--disable-protocol", "quic", "-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE",
		"-Y", "_ws.malformed || ip.checksum.status==0 || tcp.checksum.status==0 || udp.checksum.status==0 || icmp.checksum.status==0 || icmpv6.checksum.status==0",
		"-T", "fields", "-e", "frame.number", "-e", "ip.checksum.status", "-e", "tcp.checksum.status", "-e", "udp.checksum.status",
		"-e", "icmp.checksum.status", "-e", "icmpv6.checksum.status", "-e", "_ws.col.Info")
	counts, lines := make([]int, len(names)), make([]string, len(names))
	for line := range strings.Lines(out) {
		number, what, _ := strings.Cut(line, "\t")
		n, err := strconv.Atoi(number)
		if err != nil {
			t.Fatalf("tshark said %q", line)
		}
		at := sort.SearchInts(ends, n)
		status, _ := cutLast(what, "\t")
		if noisePayload[names[at]] && !strings.Contains(status, "0") {
			continue
		}
		counts[at]++
		lines[at] = strings.TrimSpace(line)
	}
	begin := 0
	for i, name := range names {
		// One in two hundred may hit a random port whose dissector expects something else.
		if counts[i]*200 > ends[i]-begin {
			t.Errorf("%s: %d of %d packets, one is %s", name, counts[i], ends[i]-begin, lines[i])
		}
		begin = ends[i]
	}
	last := strings.TrimSpace(runTshark(t, tshark, "-r", file, "-n", "-Y", "frame.number=="+strconv.Itoa(total), "-T", "fields", "-e", "frame.number"))
	if last != strconv.Itoa(total) {
		t.Errorf("tshark read up to %q, truth says %d packets", last, total)
	}
}

// cutLast cuts s at the last sep.
func cutLast(s, sep string) (before, after string) {
	i := strings.LastIndex(s, sep)
	return s[:max(i, 0)], s[i+1:]
}

func runTshark(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	var diag bytes.Buffer
	cmd.Stderr = &diag
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("tshark: %v: %s", err, diag.String())
	}
	return string(out)
}
