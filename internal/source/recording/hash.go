package recording

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
)

// startHashing computes each file's SHA-256 beside the reading, so that it
// costs the other core. Files are in the page cache or about to be.
func (r *Recording) startHashing(ctx context.Context) {
	r.hashes = make(chan struct{})
	go func() {
		defer close(r.hashes)
		seed := sha256.New()
		for _, f := range r.files {
			if ctx.Err() != nil {
				return
			}
			sum, secret, err := hashFile(f.path)
			if err != nil {
				continue // the reading itself meets the same error and tells it
			}
			r.inputs[f.input].SHA256 = hex.EncodeToString(sum[:])
			seed.Write(secret[:])
		}
		seed.Sum(r.seed[:0])
	}()
}

// secretSuffix makes a second digest of the same bytes that cannot be
// computed from the first: SHA-256 over the file and then this text.
const secretSuffix = "floodmark salt seed 1"

// hashFile gives a file's SHA-256 and the digest that salts are derived from:
// known to who has the file, not to who has only its SHA-256.
func hashFile(path string) (sum, secret [32]byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return sum, secret, err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.CopyBuffer(h, struct{ io.Reader }{f}, make([]byte, 1<<20)); err != nil {
		return sum, secret, err
	}
	h.Sum(sum[:0]) // a copy is finished, h goes on
	io.WriteString(h, secretSuffix)
	h.Sum(secret[:0])
	return sum, secret, nil
}

// Seed is the secret that the salts of a report are derived from: a digest of
// the contents of all inputs that their published SHA-256 do not give away.
func (r *Recording) Seed() [32]byte {
	<-r.hashes
	return r.seed
}
