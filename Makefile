# syncer: what a person types. `make help` lists it.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

SQLC := CGO_ENABLED=0 go tool -modfile=tools/sqlc/go.mod sqlc
GOLANGCI := CGO_ENABLED=0 go tool -modfile=tools/golangci/go.mod golangci-lint

# What the program says it is: git's name for this tree, where there is git.
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
COMMIT := $(shell git rev-parse --short=12 HEAD 2>/dev/null)
STAMP := -X main.version=$(VERSION) -X main.commit=$(COMMIT)

PREFIX := /usr/local
UNITS := $(PREFIX)/lib/systemd/system
BASH_COMPLETION := $(PREFIX)/share/bash-completion/completions/syncer
ZSH_COMPLETION := $(PREFIX)/share/zsh/site-functions/_syncer
FISH_COMPLETION := $(PREFIX)/share/fish/vendor_completions.d/syncer.fish
PROGRAM := bin/syncer

.PHONY: help run build test race daemons soak endure unchanged calm unit bench generate notices verify lint walls sdktest install uninstall

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | while IFS=$$'\t' read -r name text; do printf '  make %-10s %s\n' "$$name" "$$text"; done

run: build ## install what is missing, build, and run the demo: the one command to begin with
	@. tools/install/database.sh && exec bin/syncer demo $(ARGS)

build: ## build bin/syncer
	go build -trimpath -ldflags '$(STAMP)' -o bin/syncer ./cmd/syncer

test: ## every test, against a real Postgres of our own
	@bash tools/install/test.sh

race: ## every test with the race detector (needs a C compiler)
	@TEST_FLAGS=-race bash tools/install/test.sh

daemons: ## several daemons on one database, in real time: some minutes
	@. tools/install/database.sh && SYNCER_SOAK=1 go test -count=1 -run TestFourDaemons -v ./cmd/syncer

sdktest: ## the vendors' own SDKs against the simulation; SCP_SDK= is a folder with Samsung's
	@SCP_SDK=$(SCP_SDK) bash simulate/sdktest/run.sh

calm: ## the simulated world without faults, day by day for three years, of three SEEDS=: the guard may hold nothing
	@. tools/install/database.sh && SYNCER_CALM_DAYS=$(or $(DAYS),1096) SYNCER_CALM_SEEDS=$(or $(SEEDS),3) go test -run TestACalmWorldHoldsNothing -timeout 3h -v ./ingest

unit: ## run the systemd units for real, on a systemd that is booted for it (root)
	@bash deploy/drill/run.sh

bench: ## the benchmarks
	@. tools/install/database.sh && go test -run '^$$' -bench . -benchmem $(if $(PACKAGES),$(PACKAGES),./...)

soak: ## kill syncer and its connections for ten minutes, or ROUNDS= landed kills, or SECONDS=; nothing may be lost
	@. tools/install/database.sh && go run ./soak -rounds $(or $(ROUNDS),1000000) -seconds $(or $(SECONDS),$(if $(ROUNDS),7200,600)) $(ARGS)

endure: ## the daemon on every list every five seconds while providers fail at random, for ten minutes or SECONDS=
	@. tools/install/database.sh && go run ./soak/endure -seconds $(or $(SECONDS),600) $(ARGS)

unchanged: ## ten thousand unchanged runs of twenty lists, or RUNS=: nothing may grow
	@. tools/install/database.sh && go run ./soak/endure -runs $(or $(RUNS),10000) $(ARGS)

generate: ## write sqlcgen from queries, migrations and bi
	$(SQLC) generate

notices: ## write THIRD_PARTY_NOTICES.md: the licences of what is compiled in
	@mkdir -p bin && bash tools/notices.sh >bin/notices.md && mv bin/notices.md THIRD_PARTY_NOTICES.md

install: $(PROGRAM) ## install program, completions and systemd units (DESTDIR, PREFIX); run make build before, as yourself
	install -d -m 0755 $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(UNITS) $(DESTDIR)/etc/syncer
	install -d -m 0700 $(DESTDIR)/etc/syncer/secrets
	install -m 0755 $(PROGRAM) $(DESTDIR)$(PREFIX)/bin/syncer
	for unit in deploy/syncer*.service deploy/syncer*.timer; do \
		sed 's|/usr/local/bin/|$(PREFIX)/bin/|' $$unit | install -m 0644 /dev/stdin $(DESTDIR)$(UNITS)/$$(basename $$unit); done
	install -D -m 0644 cmd/syncer/completion/syncer.bash $(DESTDIR)$(BASH_COMPLETION)
	install -D -m 0644 cmd/syncer/completion/_syncer $(DESTDIR)$(ZSH_COMPLETION)
	install -D -m 0644 cmd/syncer/completion/syncer.fish $(DESTDIR)$(FISH_COMPLETION)

bin/syncer:
	@echo "run make build first" >&2; exit 1

uninstall: ## remove what install put there; configuration, secrets and history stay
	rm -f $(addprefix $(DESTDIR),$(BASH_COMPLETION) $(ZSH_COMPLETION) $(FISH_COMPLETION))
	rm -f $(DESTDIR)$(PREFIX)/bin/syncer $(patsubst deploy/%,$(DESTDIR)$(UNITS)/%,$(wildcard deploy/syncer*.service deploy/syncer*.timer))

lint: ## golangci-lint, the walls among it
	$(GOLANGCI) run ./...

walls: ## prove that the linter is red when a wall is breached
	@bash tools/walls.sh

verify: ## generated code, modules, format, vet, lint and walls are as they should be
	$(SQLC) diff
	@unformatted=$$(gofmt -l $$(git ls-files --cached --others --exclude-standard '*.go')); \
		[ -z "$$unformatted" ] || { echo "not formatted (gofmt -w): $$unformatted" >&2; exit 1; }
	go mod tidy -diff
	go mod verify
	@bash tools/notices.sh | cmp -s - THIRD_PARTY_NOTICES.md || { echo "THIRD_PARTY_NOTICES.md is not current (make notices)" >&2; exit 1; }
	go vet ./...
	$(GOLANGCI) config verify
	$(GOLANGCI) run ./...
	@bash tools/walls.sh
	cd tools/compose && go run . ../../docker-compose.yml POSTGRES_PASSWORD=none
	@for script in .ci/run tools/*.sh tools/install/*.sh deploy/drill/*.sh simulate/sdktest/*.sh; do bash -n "$$script"; done
	@echo "verify: all is as it should be"
