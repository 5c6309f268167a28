# make help lists the targets.
SHELL := /bin/bash
.DEFAULT_GOAL := build
GO ?= go
DEMO ?= demo-report

.PHONY: help build web geo demo test lint cross unit browser fuzz bench bench-peers soak clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

build: web ## build bin/floodmark
	$(GO) build -o bin/floodmark ./cmd/floodmark

web: internal/worldmap/data/world.json internal/web/static/app.js internal/public/page/static/public.js

web/node_modules/.installed-lock: web/package-lock.json
	cd web && npm ci --no-audit --no-fund --loglevel=error
	cp web/package-lock.json $@

internal/worldmap/data/world.json: web/node_modules/.installed-lock web/scripts/worldmap.mjs
	node web/scripts/worldmap.mjs

internal/web/static/app.js internal/public/page/static/public.js &: web/node_modules/.installed-lock web/tsconfig.json $(wildcard web/src/*.ts)
	cd web && npm run --silent islands

bin/geo.db: web/node_modules/.installed-lock | build
	bin/floodmark geo update --from web/node_modules --out $@

geo: bin/geo.db ## compile the address data beside the binary

demo: build bin/geo.db ## the day of 10 March 2025, made anew and live, in about three minutes
	@bin/floodmark demo --geo bin/geo.db --report $(DEMO)/report.json

test: ## everything that continuous integration runs
	@scripts/test-tools.sh
	@$(MAKE) --no-print-directory build bin/geo.db lint unit browser

lint: cross ## formatting, vet, staticcheck, a build for arm64
	@unformatted=$$(gofmt -l cmd internal bench); [ -z "$$unformatted" ] || { echo "not gofmt-ed:"; echo "$$unformatted"; exit 1; }
	$(GO) vet ./...
	$(GO) vet -tags soak ./...
	$(GO) tool staticcheck ./...

cross: web
	GOARCH=arm64 CGO_ENABLED=1 CC=aarch64-linux-gnu-gcc CXX=aarch64-linux-gnu-g++ $(GO) build -o /dev/null ./cmd/floodmark

# What make test prepares may not be missing. Pure packages have no goroutine, and whole days are of one server in
# memory: the race detector would find nothing there and take ten times as long.
unit: build bin/geo.db ## all Go tests, with the race detector where there are goroutines
	FLOODMARK_COMPLETE=1 $(GO) test -timeout 30m -race -skip '^TestScenarioSuite$$' $$(scripts/rooms.sh others)
	FLOODMARK_COMPLETE=1 $(GO) test $$(scripts/rooms.sh pure)
	FLOODMARK_COMPLETE=1 $(GO) test -run '^TestScenarioSuite$$' ./cmd/floodmark
	cd bench/goflow2 && $(GO) vet ./...

browser: build bin/geo.db ## the report and the pages in a real browser
	node --test --test-concurrency=2 web/tests/

fuzz: ## every fuzz target for a minute, as make soak does
	scripts/fuzz.sh 60s

bench: build ## benchmarks, ready for benchstat
	scripts/bench.sh

bench-peers: build bin/geo.db ## the same recording and the same live exports through this program and its peers
	scripts/bench-peers.sh
	scripts/bench-live.sh

soak: build ## the long proofs: simulations, memory bound, long fuzzing
	scripts/soak.sh

clean: ## remove what was built
	rm -rf bin web/node_modules internal/worldmap/data/world.json internal/web/static/app.js internal/public/page/static/public.js $(DEMO)
