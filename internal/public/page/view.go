package page

import (
	"time"

	"floodmark/internal/model"
)

// Common is what every page needs.
type Common struct {
	Now      time.Time // of the server's clock
	Speed    float64   // how fast that clock runs; 1 is real time, 0 counts as 1
	Features model.Features
	// Path of this page with its query, without lang: where the links to the other
	// languages lead. "" leaves them out.
	Path string
}

// HomeView is the first page.
type HomeView struct {
	Common
	Services []*model.ServiceNow // all, in the order of the configuration
	Attacks  []model.PublicAttack
	Ended    []model.Incident // of services, over in the last day, the newest first
	Query    string           // ?q= as it was asked, "" for none
}

// ServiceView is a service's page.
type ServiceView struct {
	Common
	Service  *model.ServiceNow
	Earlier  []model.Incident // of this service, the newest first, the one that lasts left out
	Notes    []model.Note
	Comments []model.Comment
	Names    map[string]string // names of services by slug, for links to what explains; may be nil
	// Threshold is the number of effective reports in 15 minutes from which they
	// would be an incident at once; 0 where it is not known, and then the upper
	// edge of what is normal is drawn.
	Threshold float64
}

// ReportView is the report form on a page of its own. It holds FormToken and
// is not to be kept where that is set.
type ReportView struct {
	Common
	Service   *model.ServiceNow
	FormToken string // hidden field form, for visitors without scripts
	// What was chosen already, for a form that is shown again.
	Component, Kind, Text, Place string
	Via                          string // "button" where the button led here
	Notice                       Notice // why the form is shown again, NoNotice for the first time
}

// Notice is a closed set of things that a form says above itself.
type Notice uint8

// The notices.
const (
	NoNotice  Notice = iota
	OnceMore         // one more tap is needed: there was no proof of work
	WorkOld          // the proof of work was too old, or was used
	Incorrect        // something in the form cannot be understood
)

// DoneView thanks for a report.
type DoneView struct {
	Common
	Service *model.ServiceNow
	State   model.ReceiptState
	Kind    model.ReportKind
}

// ProblemView is an answer that is no page: there is none, not now, not so.
type ProblemView struct {
	Common
	Status     int           // 403, 404, 405, 413, 415, 422, 428, 429, 500, 503: says the headline
	Text, Hint string        // of a public.Error, in English; "" for the page's own words
	After      time.Duration // when to try again, 0 for nothing to say
	Back       string        // path to return to, "" for the first page
}

// IncidentView is an incident of a service.
type IncidentView struct {
	Common
	Incident model.Incident    // with Crowd; nothing is shown of one without
	Changes  []model.Change    // oldest first
	Service  *model.ServiceNow // nil where there is none any more
	Names    map[string]string // names of services by slug; may be nil
}

// DataView is the page of open data.
type DataView struct {
	Common
	Days     []string // YYYY-MM-DD, the newest first
	Services []*model.ServiceNow
}

// AboutView is the page on what this is and how sure it is.
type AboutView struct{ Common }

// SuggestView is the form for a service that is missing.
type SuggestView struct {
	Common
	FormToken       string
	Name, URL, Text string // as typed before
	Notice          Notice
}

// CommentView is the form for a comment on a page of its own. It holds FormToken
// and is not to be kept.
type CommentView struct {
	Common
	Service   *model.ServiceNow
	FormToken string // hidden field form, for visitors without scripts
	Text      string // as typed before
	Notice    Notice
}

// MailView asks for a tap before a link of a mail does anything: programs that
// look at mails follow links.
type MailView struct {
	Common
	Leave bool   // the link ends a subscription; false confirms one
	Token string // of the mail
}

// Action is what a visitor did with a form.
type Action uint8

// The actions that lead to a page of their own.
const (
	Suggested    Action = iota // a service was suggested
	Commented                  // a comment waits for the operator; ResultView.Token deletes it
	Uncommented                // a comment was deleted
	Subscribed                 // a mail asks for confirmation
	Confirmed                  // a subscription was confirmed
	Unsubscribed               // a subscription has ended
)

// ResultView confirms an action.
type ResultView struct {
	Common
	Action Action
	Token  string // that deletes the comment
	Back   string // path to return to, "" for the first page
}

// ButtonView is the button on somebody's page, in a frame.
type ButtonView struct {
	Common
	Service *model.ServiceNow
}

// NearView is the fragment "is it only me?": the one thing of a page that is of
// one visitor. Never to be kept.
type NearView struct {
	Service  *model.ServiceNow
	Vicinity model.Vicinity
	Geo      model.GeoInfo
}
