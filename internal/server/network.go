package server

import (
	"context"
	"net"

	"floodmark/internal/pipeline"
	"floodmark/internal/source/flowudp"
)

// Network is where a server listens and what its probes ask: the machine's for
// functions that are nil, or one in memory.
type Network struct {
	Listen  func(network, address string) (net.Listener, error)
	Collect func(flowudp.Config) (pipeline.Datagrams, error)
	Dial    func(ctx context.Context, network, address string) (net.Conn, error)
}

func (n *Network) listen(network, address string) (net.Listener, error) {
	if n.Listen != nil {
		return n.Listen(network, address)
	}
	return net.Listen(network, address)
}

func (n *Network) collect(c flowudp.Config) (pipeline.Datagrams, error) {
	if n.Collect != nil {
		return n.Collect(c)
	}
	return flowudp.Listen(c)
}
