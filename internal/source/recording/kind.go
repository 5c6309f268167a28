package recording

import "context"

func (f *file) recogniseKind(as string) (string, error) { return Packets, nil }
func (r *Recording) learn(ctx context.Context) error    { return nil }
