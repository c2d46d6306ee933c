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

# Managers whose blade links are 10GBASE-R, for blades with such links and for chassis under chassis: numbers of links.
LINKS_10G ?= 2
# Built beside the host library, so that dependencies have the features that `make test` needs: else Cargo compiles the gateware, minutes of it, twice.
EXPORT_FEATURES = $(addprefix spareband-export/blades-,$(BLADES) $(addprefix 10g-,$(LINKS_10G)))
EXPORT = $(CARGO) build -q -p spareband-export -p spareband --lib --bin spareband-export --no-default-features --features "$(EXPORT_FEATURES)" && target/debug/spareband-export
CHASSIS = $(addprefix manager_,$(BLADES)) blade $(addprefix manager_10g_,$(LINKS_10G)) $(if $(LINKS_10G),blade_10g)
# Link cores that are simulated alone.
LINK_CORES ?= pcs_10gbase_r mac_10g pcs_1000base_x mac_1g elastic_buffer
TESTED = -p spareband-spec -p spareband-hdl -p spareband-gateware -p spareband-export -p spareband-place -p spareband
COCOTB = SPAREBAND_BUILD=$(abspath $(BUILD))
PYTEST = $(BUILD)/venv/bin/python -m pytest -q -p no:cacheprovider sim/third_party
# Runs of each combination of `make eval`; QUICK=1 for its short form.
SEEDS ?= $(if $(QUICK),3,5)
QUICK ?=
# Decisions of each selection rule in `make co-simulation`.
DECISIONS ?= 1000000
# Blocks and code-groups a bit error ratio of `make error-injection`.
SYMBOLS ?= 1000000

.DEFAULT_GOAL := help
.PHONY: help setup verilog sim demo test lint fuzz-export test-programs third-party-models third-party error-injection co-simulation bench eval area docs fmt clean

help: ## List the verbs
	@echo "Spareband: make <verb>"
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  %-16s %s\n", $$1, $$2}'
	@echo "Variables: BLADES=\"4 16\" (chassis sizes to build), N=2000 SEED=1 (fuzz-export), SYMBOLS=1000000 (error-injection), DECISIONS=1000000 (co-simulation), QUICK=1 SEEDS=5 (eval)"

setup: ## Install what is missing (Verilator, Icarus Verilog, C++ compiler, yosys in build/venv), saying what
	@scripts/setup.sh

verilog: setup ## Export build/verilog/<module>.v: managers, blade, link cores, selector
	@$(EXPORT) --out $(VERILOG)

sim: verilog ## Compile the Verilated models of the chassis into build/sim
	@$(CARGO) build -q --release -p spareband-sim -p spareband
	@for top in $(CHASSIS) $(LINK_CORES); do target/release/spareband-sim verilate --verilog $(VERILOG)/$$top.v --out $(MODELS) || exit $$?; done

demo: BLADES := 4
demo: LINKS_10G :=
demo: LINK_CORES :=
demo: sim ## Four blades, real traffic, one blade gets busy half way: watch new flows leave it
	@scripts/demo.sh

# Models are compiled by g++ and tests by rustc, one crate after another: each leaves a processor to the other.
test: ## Everything: formatting, lints, unit, property, lockstep, third-party and system tests
	@$(MAKE) --no-print-directory -j2 third-party-models lint test-programs
	@$(COCOTB) $(PYTEST)
	@$(CARGO) test $(TESTED)
	@$(CARGO) test -q -p spareband-sim --doc
	@SPAREBAND_BUILD=$(abspath $(BUILD)) $(CARGO) test -p spareband-sim --lib --tests

lint: verilog ## rustfmt, clippy -D warnings, Verilator -Wall and yosys check on every exported file
	@$(CARGO) fmt --check
	@$(CARGO) clippy -q --workspace --all-targets -- -D warnings
	@scripts/lint_verilog.sh $(VERILOG)

fuzz-export: setup ## N random circuits: rust-hdl's simulation against the Verilated export
	@$(CARGO) run -q -p spareband-hdl --example fuzz_export -- --n $(N) --seed $(SEED)

test-programs: lint
	@$(CARGO) test -q $(TESTED) --no-run
	@$(CARGO) test -q -p spareband-sim --lib --tests --no-run

third-party-models: sim
	@scripts/setup.sh --third-party
	@mkdir -p $(BUILD)/third_party
	@$(BUILD)/venv/bin/python sim/third_party/liteeth_pcs.py $(BUILD)/third_party
	@for top in liteeth_pcs liteeth_pcs_negotiating; do target/release/spareband-sim verilate --verilog $(BUILD)/third_party/$$top.v --out $(MODELS) || exit $$?; done

third-party: third-party-models ## Link cores against cocotbext-eth, all sizes and offsets, and 10,000 frames each way with LiteEth's 1000BASE-X
	@$(COCOTB) THIRD_PARTY_LONG=1 $(PYTEST)
	@SPAREBAND_BUILD=$(abspath $(BUILD)) SPAREBAND_SYMBOLS=10000 $(CARGO) test --release -p spareband-sim --test suite liteeth -- --nocapture

error-injection: sim ## Bit errors at 1e-3 .. 1e-6 into both link kinds, SYMBOLS blocks and code-groups each (long)
	@SPAREBAND_BUILD=$(abspath $(BUILD)) SPAREBAND_SYMBOLS=$(SYMBOLS) $(CARGO) test --release -p spareband-sim --test suite error_injection -- --nocapture

co-simulation: ## The selector against its definition, DECISIONS random decisions of each rule
	@SPAREBAND_CO_SIMULATION=$(DECISIONS) $(CARGO) test -q --release -p spareband-gateware --test cores selector_co_simulation::decides -- --nocapture

bench: sim ## Cycles, ratios and frames: simulation speed, throughput, latency
	@scripts/bench.sh

eval: ## Selection rules on a simulated cluster, beside the literature's: docs/EVALUATION.md; QUICK=1: under five minutes, into build/eval
	@$(CARGO) build -q --release -p spareband-sim
	@mkdir -p $(BUILD)/eval
	@target/release/spareband-sim eval $(if $(QUICK),--quick) --seeds $(SEEDS) --cache $(BUILD)/eval/cells --json $(BUILD)/eval/evaluation.json --document $(if $(QUICK),$(BUILD)/eval/EVALUATION.md,docs/EVALUATION.md) > $(BUILD)/eval/evaluation.txt

area: BLADES := 4 8 16
area: verilog ## LUTs, flip-flops, block RAM and Fmax of the exported cores and managers, beside goals and peers: docs/AREA.md (hours; AREA_CORES="selector mac_1g" some, AREA_SEEDS=1 fewer)
	@scripts/area.sh $(VERILOG)

docs: ## Regenerate docs/CORES.md and docs/REGISTERS.md
	@$(EXPORT) --documents docs

fmt: ## Format the Rust sources
	@$(CARGO) fmt

clean: ## Remove build output
	@rm -rf $(BUILD) && $(CARGO) clean -q
