# Everything that is done to warder from outside. `make` alone builds it.

SWIFT ?= swift
PREFIX ?= $(HOME)/.local
# Where systemd looks for units of users: below the home for one, below /usr for all.
UNITS ?= $(PREFIX)/share/systemd/user
VENV := .venv
# End-to-end tests mostly wait: for prompts, for servers that are late, for sessions to end.
JOBS ?= 3
# SwiftPM takes a __pycache__ beside the tests for a resource that somebody forgot.
export PYTHONDONTWRITEBYTECODE := 1

# The Swift runtime is linked in, so that libcrypto and the C library are all that a user's machine must have. The C++
# runtime under it is linked in too: bound at each start, it would cost 1.7 million instructions. No RUNPATH: it would be
# searched for each library at each start. No exported symbols, and a fixed address (-no-pie): moved at each start, a hundred
# pages of metadata would be copied, which is a quarter of the time of a warm answer; docs/performance.md weighs it.
# Functions of the same code are folded, and what unwinding would need (.eh_frame, a tenth of the file) is left out with
# its index: nothing here unwinds.
STATIC := .build/static
RELEASE := -c release --static-swift-stdlib --disable-local-rpath -Xswiftc -L$(CURDIR)/$(STATIC) -Xlinker -s \
	-Xswiftc -use-ld=lld -Xswiftc -Xclang-linker -Xswiftc -no-pie -Xlinker --no-export-dynamic \
	-Xlinker --icf=all -Xlinker --no-eh-frame-hdr -Xlinker -O2 -Xlinker -T -Xlinker $(CURDIR)/$(STATIC)/discard.ld
BINARY := .build/release/warder

.PHONY: build try test unit e2e bench gate fuzz lint install uninstall clean deps deps-build

build: deps-build
	@mkdir -p $(STATIC) && ln -sf "$$(cc -print-file-name=libstdc++.a)" $(STATIC)/libstdc++.a
	@echo 'SECTIONS { /DISCARD/ : { *(.eh_frame) } } INSERT AFTER .text;' > $(STATIC)/discard.ld
	$(SWIFT) build $(RELEASE) --product warder

# The main job before one's eyes, in a throwaway home.
try: build deps
	Tests/try $(BINARY)

test: build deps unit e2e
	@echo 'make test: everything passed'

unit: deps-build
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build

e2e: build deps
	WARDER=$(CURDIR)/$(BINARY) $(VENV)/bin/python -m pytest -n $(JOBS) --dist worksteal Tests/VaultReader Tests/EndToEnd

bench: build deps
	WARDER=$(CURDIR)/$(BINARY) $(VENV)/bin/python Benchmarks/run

# The part of the benchmark that counts instructions: the same on every machine, so it can fail a build.
gate: build deps
	WARDER=$(CURDIR)/$(BINARY) $(VENV)/bin/python Benchmarks/gate

# The parsers of bytes from outside, under libFuzzer and AddressSanitizer: `make fuzz FUZZ=xml SECONDS=300` runs one.
# Optimised, or ten seconds would not go far; with the standard library's debug checks, which unsafe buffers need to be
# checked at all. The flags reach every module, so this is a build of its own; docs/fuzzing.md says more.
SECONDS ?= 10
FUZZER := .build/fuzz/release/Fuzz
fuzz: deps-build
	WARDER_FUZZ=1 $(SWIFT) build -c release --scratch-path .build/fuzz --product Fuzz -Xswiftc -use-ld=lld \
		-Xswiftc -sanitize=fuzzer,address -Xswiftc -enable-testing -Xswiftc -assert-config -Xswiftc Debug
	@Tests/Fuzz/run $(FUZZER) $(SECONDS) $(FUZZ)

lint: deps
	.ci/lint

SHARE := $(DESTDIR)$(PREFIX)/share
# In quotes for systemd where there is a blank in it.
PROGRAM := $(if $(word 2,$(PREFIX)),"$(PREFIX)/bin/warder",$(PREFIX)/bin/warder)

# Completions go where each shell looks by itself. Hooks are loaded by nobody unasked: the binary prints them as well.
install: build
	install -D -m 755 $(BINARY) '$(DESTDIR)$(PREFIX)/bin/warder'
	mkdir -p '$(DESTDIR)$(UNITS)'
	sed 's|@PREFIX@/bin/warder|$(PROGRAM)|' systemd/warder-lock.service > '$(DESTDIR)$(UNITS)/warder-lock.service'
	install -D -m 644 completions/warder.bash '$(SHARE)/bash-completion/completions/warder'
	install -D -m 644 completions/_warder '$(SHARE)/zsh/site-functions/_warder'
	install -D -m 644 completions/warder.fish '$(SHARE)/fish/vendor_completions.d/warder.fish'
	install -D -m 644 -t '$(SHARE)/warder/completions' completions/warder.nu
	install -D -m 644 -t '$(SHARE)/warder/shell' shell/warder.*
	@shell/after-install '$(PREFIX)'

# Folders that are empty then go too.
uninstall:
	rm -f '$(DESTDIR)$(PREFIX)/bin/warder' '$(DESTDIR)$(UNITS)/warder-lock.service'
	rm -f '$(SHARE)/bash-completion/completions/warder' '$(SHARE)/zsh/site-functions/_warder'
	rm -f '$(SHARE)/fish/vendor_completions.d/warder.fish'
	rm -rf '$(SHARE)/warder'
	-@cd '$(SHARE)' 2>/dev/null && rmdir -p --ignore-fail-on-non-empty \
		bash-completion/completions zsh/site-functions fish/vendor_completions.d systemd/user 2>/dev/null || true

deps-build:
	@.ci/install-deps build

deps:
	@.ci/install-deps all

clean:
	rm -rf .build $(VENV)
