module floodmark/bench/goflow2

go 1.26.0

replace floodmark => ../..

require (
	floodmark v0.0.0-00010101000000-000000000000
	github.com/netsampler/goflow2/v2 v2.2.6
)

require google.golang.org/protobuf v1.36.12 // indirect
