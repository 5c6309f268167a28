package catalogue

import (
	"strings"

	"floodmark/internal/model"
)

// names of the components that most services have, by slug.
var names = map[string]string{"app": "App", "website": "Website", "login": "Login", "posting": "Posting", "images": "Images and video", "links": "Links",
	"api": "API", "server-connection": "Server connection", "messages": "Messages", "feed": "Feed", "search": "Search", "streaming": "Streaming",
	"payments": "Payments", "mobile-data": "Mobile data", "calls": "Calls", "no-signal": "No signal", "home-internet": "Home internet", "matchmaking": "Online play"}

// componentName is the name of a component by its slug: the one that is known,
// or the slug in words.
func componentName(slug string) string {
	if n := names[slug]; n != "" {
		return n
	}
	words := strings.ReplaceAll(slug, "-", " ")
	if words == "" {
		return ""
	}
	return strings.ToUpper(words[:1]) + words[1:]
}

// Components are those of the slugs, in their order.
func Components(slugs ...string) []model.Component {
	out := make([]model.Component, 0, len(slugs))
	for _, s := range slugs {
		out = append(out, model.Component{Slug: s, Name: componentName(s)})
	}
	return out
}

const (
	eastern = "America/New_York"
	pacific = "America/Los_Angeles"
)

// Builtin returns the built-in services. The caller owns them.
func Builtin() []*model.Service {
	return []*model.Service{
		{Slug: "x", Name: "X", Category: "social", Components: Components("app", "website", "login", "posting", "images", "links"), Aliases: []string{"x", "twitter"}, URLs: []string{"https://x.com/"}, Organization: "X Corp.", Timezone: eastern},
		{Slug: "instagram", Name: "Instagram", Category: "social", Components: Components("app", "website", "login", "feed", "posting"), URLs: []string{"https://www.instagram.com/"}, Organization: "Meta", Timezone: eastern},
		{Slug: "facebook", Name: "Facebook", Category: "social", Components: Components("app", "website", "login", "feed", "posting"), URLs: []string{"https://www.facebook.com/"}, Organization: "Meta", Timezone: eastern},
		{Slug: "whatsapp", Name: "WhatsApp", Category: "messaging", Components: Components("app", "server-connection", "messages", "calls"), URLs: []string{"https://web.whatsapp.com/"}, Organization: "Meta"},
		{Slug: "youtube", Name: "YouTube", Category: "streaming", Components: Components("app", "website", "login", "streaming", "search"), URLs: []string{"https://www.youtube.com/"}, Organization: "Google", Timezone: eastern},
		{Slug: "gmail", Name: "Gmail", Category: "mail", Components: Components("app", "website", "login", "messages"), URLs: []string{"https://mail.google.com/"}, Organization: "Google", Timezone: eastern},
		{Slug: "aws", Name: "Amazon Web Services", Category: "cloud", Components: Components("website", "login", "api", "server-connection"), Aliases: []string{"aws", "amazon web services"}, URLs: []string{"https://aws.amazon.com/"}, Organization: "Amazon", Timezone: eastern},
		{Slug: "cloudflare", Name: "Cloudflare", Category: "cloud", Components: Components("website", "login", "api", "server-connection"), URLs: []string{"https://www.cloudflare.com/"}, Organization: "Cloudflare"},
		{Slug: "netflix", Name: "Netflix", Category: "streaming", Components: Components("app", "website", "login", "streaming"), URLs: []string{"https://www.netflix.com/"}, DependsOn: []string{"aws"}, Organization: "Netflix", Timezone: eastern},
		{Slug: "discord", Name: "Discord", Category: "messaging", Components: Components("app", "website", "login", "server-connection", "messages", "calls"), URLs: []string{"https://discord.com/"}, Organization: "Discord", Timezone: eastern},
		{Slug: "github", Name: "GitHub", Category: "developers", Components: Components("website", "login", "api", "images"), URLs: []string{"https://github.com/"}, Organization: "Microsoft", Timezone: pacific},
		{Slug: "steam", Name: "Steam", Category: "games", Components: Components("app", "website", "login", "server-connection", "matchmaking"), URLs: []string{"https://store.steampowered.com/"}, Organization: "Valve", Timezone: pacific},
	}
}
