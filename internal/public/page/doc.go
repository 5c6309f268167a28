// Package page renders the public pages of crowd reports: home, service, report
// form, incident, open data, about, and the fragments and messages around them,
// in English, German and Spanish. A page is whole HTML that says what matters
// without scripts; the islands in web/src/public*.ts, bundled before the build,
// add live updates, the reader's zone, the proof of work and filters.
//
// It only renders: it asks nobody, knows no request and no visitor, and judges
// nothing. The same view and language give the same bytes, so pages can be kept
// and given to everybody. It sets words by law: reports alone say "users report
// problems with X", never that X is down.
//
// A Site never changes after New; any goroutine may call any method. Views are
// read and not kept; what is returned is the caller's.
//
// Pages link to these addresses, which whoever serves them must have:
//
//	GET  /  /?q=WORDS  /about  /data  /suggest  /static/FILE?v=HASH
//	GET  /s/SLUG  /s/SLUG/report?component=&kind=&via=button  /i/ID
//	POST /s/SLUG/report     component= kind=problem|works text= place= via= form= solution=
//	POST /s/SLUG/comment    text= form= solution=
//	POST /s/SLUG/subscribe  address=
//	POST /comments/delete   token=
//	POST /suggest           name= url= text= form= solution=
//	POST /mail/confirm  /mail/unsubscribe   token=
//	GET  /feed.atom  /s/SLUG/feed.atom  /badge/SLUG.svg  /button/SLUG
//	GET  /data/DAY.csv?service=SLUG  /data/DAY.parquet?service=SLUG   DAY is YYYY-MM-DD or live
//	GET  /api/v1/services/SLUG  /api/v2/summary.json  /openapi.json
//	GET  /events?service=SLUG                  server-sent events; "change" asks to look again
//	GET  /fragments/near?service=SLUG          Near
//	GET  /fragments/challenge?service=SLUG     model.Challenge as JSON; SLUG is "" for a suggestion
//
// Each page takes ?lang=en|de|es. They need the Content-Security-Policy
// "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self';
// img-src 'self' data:; form-action 'self'; base-uri 'none'", with
// frame-ancestors 'none', but * for /button/SLUG.
package page
