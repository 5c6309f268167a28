package server

import (
	"floodmark/internal/api"
	"floodmark/internal/app"
	"floodmark/internal/pipeline"
	"floodmark/internal/settings"
)

// newInventory reads what a configuration says of networks, and address data.
func newInventory(c *settings.Settings) (*pipeline.Inventory, error) {
	p, err := pipeline.NewPlan(c)
	if err != nil {
		return nil, err
	}
	db, err := app.OpenGeo(string(c.Geo.File))
	if err != nil {
		return nil, err
	}
	return pipeline.NewInventory(p, db), nil
}

// tokensOf maps the configuration's tokens onto those of the API.
func tokensOf(c *settings.Settings) []api.Token {
	var out []api.Token
	for _, t := range c.HTTP.Tokens {
		o := api.Token{Name: t.Name, Hash: [32]byte(t.Hash)}
		for _, name := range t.Scopes {
			if scope, ok := api.ParseScope(string(name)); ok {
				o.Scopes = append(o.Scopes, scope)
			}
		}
		out = append(out, o)
	}
	return out
}
