package report

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"floodmark/internal/geo/country"
	"floodmark/internal/model"
)

// textMost is how long a reporter's words may be, in characters.
const textMost = 280

// read checks a submission and makes a report of it, without time and hashes.
func (in *Intake) read(s *model.Submission) (*model.Report, *class, error) {
	service, ok := in.c.Known(s.Service)
	if !ok {
		return nil, nil, errUnknown
	}
	if !s.Address.IsValid() {
		return nil, nil, errAddress
	}
	s.Address = s.Address.Unmap().WithZone("")
	if s.Component != "" {
		if _, ok := service.Component(s.Component); !ok {
			return nil, nil, invalid("This service has no such part.")
		}
	}
	if s.Kind > model.Works || s.Via > model.ViaButton || s.Referral > model.FromElsewhere {
		return nil, nil, invalid("This kind of report is not known.")
	}
	text, ok := clean(s.Text)
	if !ok {
		return nil, nil, invalid("The text is longer than 280 characters.")
	}
	r := &model.Report{Service: service.Slug, Component: s.Component, Kind: s.Kind, Via: s.Via, Referral: s.Referral, Text: text}
	p, class := in.place(s)
	r.ASN, r.Network = p.ASN, p.Kind
	if !p.Unlocatable && !p.Disputed() {
		r.Country = model.ParseCode2(p.Country)
	}
	if err := saidPlace(s, r); err != nil {
		return nil, nil, err
	}
	return r, class, nil
}

// place asks the address data, and returns what is allowed to such a network.
func (in *Intake) place(s *model.Submission) (model.Place, *class) {
	var p model.Place
	if in.c.Place != nil {
		p = in.c.Place(s.Address)
	}
	class := classOf(s.Address, p.Kind)
	if p.Kind == "" {
		p.Kind = "unknown"
	}
	return p, class
}

// saidPlace takes over what the visitor said, who knows better than any
// address. A region without a country is of the country of the address.
func saidPlace(s *model.Submission, r *model.Report) error {
	if s.Country != "" {
		code := strings.ToUpper(s.Country)
		if len(code) != 2 || !country.Known(code) {
			return invalid("The country is not a code of two letters as in ISO 3166-1.")
		}
		r.Country = model.ParseCode2(code)
	}
	if s.Region == "" {
		return nil
	}
	region := strings.ToUpper(s.Region)
	if c, rest, ok := strings.Cut(region, "-"); ok { // written as in ISO 3166-2
		if model.ParseCode2(c) == 0 || r.Country != 0 && model.ParseCode2(c) != r.Country {
			return invalid("The region is of another country.")
		}
		region, r.Country = rest, model.ParseCode2(c)
	}
	if len(region) < 1 || len(region) > 3 || strings.Trim(region, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "" {
		return invalid("The region is not the code of a subdivision as in ISO 3166-2.")
	}
	if r.Country != 0 {
		r.Region = region
	}
	return nil
}

// clean returns text as one line without what does not print, and whether it is
// short enough. Joiners stay: words of some scripts, and faces, need them.
func clean(text string) (string, bool) {
	if len(text) > 16*textMost {
		return "", false
	}
	text = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == '\u200c' || r == '\u200d':
			return r
		case r == utf8.RuneError || !unicode.IsGraphic(r):
			return -1
		}
		return r
	}, text)), " ")
	return text, utf8.RuneCountInString(text) <= textMost
}
