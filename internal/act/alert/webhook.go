package alert

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Webhook is JSON by POST, signed as Standard Webhooks 1.0 says.
type Webhook struct {
	URL        string
	Secret     string // key of the signature: octets, or base64 after "whsec_"; "" for none
	AllowPlain bool   // http to other hosts too
}

type webhook struct {
	*poster
	key []byte
}

func newWebhook(c *Webhook) (*webhook, error) {
	p, err := newPoster(c.URL, c.AllowPlain, c.Secret)
	if err != nil {
		return nil, fmt.Errorf("webhook: %w", err)
	}
	return &webhook{p, signingKey(c.Secret)}, nil
}

// signingKey is what the secret stands for. The specification writes keys as
// base64 after a prefix; any other text stands for itself.
func signingKey(secret string) []byte {
	if s, ok := strings.CutPrefix(secret, "whsec_"); ok {
		if b, err := base64.StdEncoding.DecodeString(s); err == nil {
			return b
		}
	}
	return []byte(secret)
}

// sign returns the value of the header Webhook-Signature: HMAC-SHA256 over id,
// time in Unix seconds and body, joined by dots (Standard Webhooks 1.0).
func sign(key []byte, id string, at int64, body []byte) string {
	h := hmac.New(sha256.New, key)
	fmt.Fprintf(h, "%s.%d.", id, at)
	h.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(h.Sum(nil))
}

func (w *webhook) send(ctx context.Context, m *Message) error {
	body, err := json.Marshal(m)
	if err != nil {
		return rejection{fmt.Errorf("webhook: %w", err)}
	}
	at := time.Now().Unix()
	h := http.Header{}
	h.Set("Content-Type", "application/json")
	h.Set("Idempotency-Key", m.Key)
	h.Set("Webhook-Id", m.Key)
	h.Set("Webhook-Timestamp", strconv.FormatInt(at, 10))
	if len(w.key) > 0 {
		h.Set("Webhook-Signature", sign(w.key, m.Key, at, body))
	}
	return w.post(ctx, body, h)
}
