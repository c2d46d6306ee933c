# Spareband: thin verbs. `make help` lists them.
BUILD   := build
VERILOG := $(BUILD)/verilog
MODELS  := $(BUILD)/sim
# Chassis sizes whose models are built: 2..16 each.
BLADES  ?= 4 16
CARGO   ?= cargo
# Random circuits of `make fuzz-export`.
N       ?= 2000
SEED    ?= 1

EXPORT = $(CARGO) run -q -p spareband-export --no-default-features --features "$(addprefix blades-,$(BLADES))" --
MANAGERS = $(addprefix manager_,$(BLADES))

.DEFAULT_GOAL := help
.PHONY: help setup verilog sim demo test third-party lint fuzz-export bench area docs fmt clean

help: ## List the verbs
	@echo "Spareband: make <verb>"
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  %-12s %s\n", $$1, $$2}'
	@echo "Variables: BLADES=\"4 16\" (chassis sizes to build), N=2000 SEED=1 (fuzz-export)"

setup: ## Install what is missing (Verilator, Icarus Verilog, C++ compiler, yosys in build/venv), saying what
	@scripts/setup.sh

verilog: setup ## Export build/verilog/<module>.v: managers, blade, link cores, selector
	@$(EXPORT) --out $(VERILOG)

sim: verilog ## Compile the Verilated models of the chassis into build/sim
	@$(CARGO) build -q --release -p spareband-sim -p spareband
	@for top in $(MANAGERS) blade; do target/release/spareband-sim verilate --verilog $(VERILOG)/$$top.v --out $(MODELS) || exit $$?; done

demo: BLADES := 4
demo: sim ## Four blades, real traffic, one blade gets busy half way: watch new flows leave it
	@scripts/demo.sh

test: sim lint ## Everything: formatting, lints, unit, property, lockstep and system tests
	@$(CARGO) test -q --workspace --doc
	@$(CARGO) test -p spareband-spec -p spareband-hdl -p spareband-gateware -p spareband-export -p spareband --lib --bins --tests
	@SPAREBAND_BUILD=$(abspath $(BUILD)) $(CARGO) test -p spareband-sim --lib --tests

lint: verilog ## rustfmt, clippy -D warnings, Verilator -Wall and yosys check on every exported file
	@$(CARGO) fmt --check
	@$(CARGO) clippy -q --workspace --all-targets -- -D warnings
	@scripts/lint_verilog.sh $(VERILOG)

fuzz-export: setup ## N random circuits: rust-hdl's simulation against the Verilated export
	@$(CARGO) run -q -p spareband-hdl --example fuzz_export -- --n $(N) --seed $(SEED)

bench: sim ## Cycles, ratios and frames: simulation speed, throughput, latency
	@scripts/bench.sh

area: verilog ## LUTs, flip-flops and Fmax of the exported cores on ECP5 (long)
	@scripts/area.sh $(VERILOG)

third-party: verilog ## The exported link cores against cocotbext-eth, with Icarus Verilog (LONG=1: all sizes and offsets)
	@scripts/setup.sh --third-party
	@THIRD_PARTY_LONG=$(LONG) SPAREBAND_BUILD=$(abspath $(BUILD)) $(BUILD)/venv/bin/python -m pytest -q -p no:cacheprovider sim/third_party

docs: ## Regenerate docs/CORES.md and docs/REGISTERS.md
	@$(EXPORT) --documents docs

fmt: ## Format the Rust sources
	@$(CARGO) fmt

clean: ## Remove build output
	@rm -rf $(BUILD) && $(CARGO) clean -q
