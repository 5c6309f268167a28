package report

import (
	"net/url"
	"slices"
	"strings"

	"floodmark/internal/model"
)

// ReferralOf tells what may have sent a reporter: referer is where the visitor
// came from to our page, from the word in the page's address (our own alerts,
// feeds and mails link with ?from=alert, feed or mail), own our host. Who comes
// from a search engine looked for us and was not sent.
func ReferralOf(referer, from, own string) model.Referral {
	switch strings.ToLower(from) {
	case "":
	case "alert", "alerts", "feed", "atom", "mail", "webhook", "badge":
		return model.FromAlert
	default:
		return model.FromElsewhere
	}
	if referer == "" || len(referer) > 4096 {
		return model.NoReferral
	}
	u, err := url.Parse(referer)
	if err != nil || u.Host == "" {
		return model.NoReferral
	}
	if strings.EqualFold(u.Host, own) || strings.EqualFold(u.Hostname(), own) || searches(strings.ToLower(u.Hostname())) {
		return model.NoReferral
	}
	return model.FromElsewhere
}

// engines are names of search engines, by the label before the public suffix.
var engines = []string{"baidu", "bing", "brave", "duckduckgo", "ecosia", "google", "kagi", "mojeek", "naver", "qwant", "seznam", "startpage", "yahoo", "yandex"}

// suffixes are second labels that stand before a country's.
var suffixes = []string{"co", "com", "net", "org", "ac"}

func searches(host string) bool {
	labels := strings.Split(host, ".")
	n := len(labels) - 2
	if n > 0 && slices.Contains(suffixes, labels[n]) {
		n--
	}
	return n >= 0 && slices.Contains(engines, labels[n])
}
