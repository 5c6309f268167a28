package nfdump

// Columns are those of the command that Args gives.
const Columns = "tsr,td,pr,sa,da,sp,dp,flg,ipkt,ibyt,opkt,obyt,in,out,sas,das,ra,eng"

// Args returns the arguments with which to run nfdump on a binary file, and
// Config.Columns the columns it then prints. The environment must hold TZ=UTC
// and LC_ALL=C.
//
// The plain `-o csv` of 1.6 and 1.7.1 cuts times to whole seconds and leaves
// the exporter out in later versions, `-o csv:` exists from 1.7.5 only, and
// %ter prints wrong milliseconds in 1.7.1 (.780 as .080). So: start in
// fractional seconds, and the duration. Numbers plain (-N), no header or
// summary (-q), addresses of IPv6 in full (-6). Tried with nfdump 1.7.1.
func Args(file string) []string {
	return []string{"-r", file, "-q", "-N", "-6", "-o",
		"fmt:%tsr,%td,%pr,%sa,%da,%sp,%dp,%flg,%ipkt,%ibyt,%opkt,%obyt,%in,%out,%sas,%das,%ra,%eng"}
}

// ExporterArgs returns the arguments with which nfdump lists the exporters and
// samplers of a binary file, for ReadExporters.
func ExporterArgs(file string) []string { return []string{"-E", file} }
