package probe

import (
	"context"
	"errors"
	"net/netip"
	"syscall"
)

// errNotProbed is of addresses that a name must not lead to.
var errNotProbed = errors.New("this address is not probed")

// permitted refuses addresses that a name of the configuration can only lead to
// by somebody else's will: those of this machine, of the link and of instance
// metadata. It is asked for each address, after the name was resolved. Private
// addresses are permitted: one's own services may be there. Whoever wants others
// writes the address itself.
func permitted(ctx context.Context, _, address string, _ syscall.RawConn) error {
	if ctx.Value(literalKey{}) != nil {
		return nil
	}
	a, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	x := a.Addr().Unmap()
	if x.IsLoopback() || x.IsLinkLocalUnicast() || x.IsMulticast() || x.IsUnspecified() || x == metadata6 {
		return errNotProbed
	}
	return nil
}

// metadata6 is the address of instance metadata of Amazon EC2 over IPv6; that
// over IPv4, which others use too, is link-local.
var metadata6 = netip.MustParseAddr("fd00:ec2::254")
