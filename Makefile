# Every target sets up what it needs on a fresh Debian machine with a Rust toolchain.

.DEFAULT_GOAL := help
.PHONY: help setup tools build demo test conformance lint fmt sqlx bench quality clean-dev

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | awk -F '\t' '{ printf "  %-12s %s\n", $$1, $$2 }'

setup: ## Install missing Debian packages and check the Rust toolchain
	@scripts/setup.sh

tools: setup ## Install what only the tests need
	@scripts/tools.sh

build: setup ## Build everything for development
	SQLX_OFFLINE=true cargo build --workspace

demo: setup ## Import a sample, convert a thousand leads, show the events
	@deploy/demo/run.sh

test: tools ## Run every check and test
	@scripts/test.sh

conformance: setup ## Run conformance vectors (VECTORS=… is a file of them)
	@scripts/conformance.sh "$(or $(VECTORS),tests/vectors/dev.jsonl)"

lint: tools ## Run the checks that need no servers
	@scripts/lint.sh

fmt: tools ## Format the code and the contract
	cargo fmt --all
	target/venv/bin/buf format proto --write

sqlx: setup ## Write the offline data of the SQL macros anew
	@scripts/sqlx.sh prepare

bench: setup ## Measure against the floor of plain SQL and AMQP (ARGS="…" is handed on)
	SQLX_OFFLINE=true cargo run --release -p opportune -- bench $(ARGS)

quality: setup ## Measure how well similar records are found (ARGS="…" is handed on)
	cargo run --release -p opportune-train -- quality $(ARGS)

clean-dev: ## Remove the data of opportune dev
	@scripts/clean-dev.sh
