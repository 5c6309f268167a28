package flowudp

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
)

// Run reads until ctx is done and then what has already arrived, bounded;
// within about 100 ms it returns nil, after the last call of a handler. It asks
// handler for one Handler for each reader before any of them starts. Where a
// socket fails all readers stop in the same way and the error is returned.
// A Listener runs once; its sockets are closed afterwards.
func (l *Listener) Run(ctx context.Context, handler func(reader int) Handler) error {
	if !l.ran.CompareAndSwap(false, true) {
		return errors.New("receive on UDP " + l.address + ": the listener was run or closed before")
	}
	defer l.close()
	handlers := make([]Handler, len(l.sockets))
	for i := range handlers {
		handlers[i] = handler(i)
	}
	var stop atomic.Bool
	defer context.AfterFunc(ctx, func() { stop.Store(true) })()
	errs := make([]error, len(l.sockets))
	var readers sync.WaitGroup
	for i, s := range l.sockets {
		readers.Go(func() {
			if err := s.run(l, handlers[i], &stop); err != nil {
				errs[i] = fmt.Errorf("receive on UDP %s: %w", l.address, err)
				stop.Store(true)
			}
		})
	}
	readers.Wait()
	return errors.Join(errs...)
}
