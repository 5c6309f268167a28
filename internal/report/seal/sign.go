package seal

import (
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"

	"floodmark/internal/model"
)

// message is what an Ed25519 signature (RFC 8032) covers: a fixed text, so
// that a signature made for anything else cannot be passed off as one of a
// report, the schema, and the root.
func message(root [32]byte) []byte {
	return append([]byte("floodmark report signature\x00"+model.AnalysisSchema+"\x00"), root[:]...)
}

func sign(key ed25519.PrivateKey, root [32]byte) *model.Signature {
	return &model.Signature{
		Algorithm: "ed25519",
		PublicKey: hex.EncodeToString(key.Public().(ed25519.PublicKey)),
		Value:     hex.EncodeToString(ed25519.Sign(key, message(root))),
	}
}

// ParsePrivateKey reads an Ed25519 key in PKCS #8, PEM encoded (RFC 8410), as
// `openssl genpkey -algorithm ed25519 -out key.pem` writes it.
func ParsePrivateKey(data []byte) (ed25519.PrivateKey, error) {
	block, _ := pem.Decode(data)
	if block == nil || block.Type != "PRIVATE KEY" {
		return nil, fmt.Errorf("read signing key: not a PEM private key (make one with: openssl genpkey -algorithm ed25519 -out key.pem)")
	}
	k, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("read signing key: %w", err)
	}
	key, ok := k.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("read signing key: %T, want an Ed25519 key", k)
	}
	return key, nil
}

// ParsePublicKey reads an Ed25519 public key, PEM encoded, as
// `openssl pkey -in key.pem -pubout -out key.pub` writes it.
func ParsePublicKey(data []byte) (ed25519.PublicKey, error) {
	block, _ := pem.Decode(data)
	if block == nil || block.Type != "PUBLIC KEY" {
		return nil, fmt.Errorf("read key: not a PEM public key (make it with: openssl pkey -in key.pem -pubout -out key.pub)")
	}
	k, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("read key: %w", err)
	}
	key, ok := k.(ed25519.PublicKey)
	if !ok {
		return nil, fmt.Errorf("read key: %T, want an Ed25519 key", k)
	}
	return key, nil
}

// fingerprint is a short name of a public key: the first 16 bytes of its
// SHA-256, in hexadecimal.
func fingerprint(key ed25519.PublicKey) string {
	h := sha256.Sum256(key)
	return hex.EncodeToString(h[:16])
}
