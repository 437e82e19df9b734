# What there is to do with warder's source. `make` alone builds it; `make help` lists the rest.

SWIFT ?= swift
PREFIX ?= $(HOME)/.local
# Where systemd looks for user units: below the home folder for one user, below /usr for all.
UNITS ?= $(PREFIX)/share/systemd/user
VENV := .venv
# End-to-end tests mostly wait: for prompts, for late servers, for sessions to end. Six keep two cores busy.
JOBS ?= 6
# .ci/run replaces this, to run each failed test once more, alone.
PYTEST ?= $(VENV)/bin/python -m pytest
# SwiftPM reports a __pycache__ beside the tests as an undeclared resource.
export PYTHONDONTWRITEBYTECODE := 1

# The Swift runtime is linked statically, so that a user's machine needs only libcrypto and the C library. So is the C++
# runtime under it: loading it at each start would cost 1.7 million instructions. No RUNPATH: the loader would search it
# for each library at each start. No exported symbols, and a fixed address (-no-pie): relocating the binary at each start
# would copy a hundred pages of metadata, a quarter of the time of a warm answer; see docs/decisions/no-pie.md.
# Identical functions are folded. link/sections.ld discards the unwind tables (a tenth of the file; their index goes with
# them) and more, and keeps constants read-only. What the loader fills in is read-only once it has (-z now).
# A section for each function lets the linker drop and fold them singly: 340 kB, and 150 KiB of a warm answer's memory.
# With no symbol kept for the linker's sake (-internalize-at-link) it drops more of them. What a warm answer runs lies
# together, in the order of link/order.txt: a fifth fewer page faults, and 3 MB less memory.
STATIC := .build/static
STRIP := -s
NOTE := $(STATIC)/note
# What the linker took from where: the packages name the libraries in it.
MAP := .build/warder.map
RELEASE := -c release --static-swift-stdlib --disable-local-rpath -Xswiftc -L$(CURDIR)/$(STATIC) -Xlinker $(STRIP) \
	-Xlinker $(CURDIR)/$(NOTE).o \
	-Xswiftc -Xfrontend -Xswiftc -function-sections -Xswiftc -Xfrontend -Xswiftc -internalize-at-link \
	-Xswiftc -use-ld=lld -Xswiftc -Xclang-linker -Xswiftc -static-libgcc -Xswiftc -Xclang-linker -Xswiftc -no-pie -Xlinker --no-export-dynamic \
	-Xlinker --icf=all -Xlinker --no-eh-frame-hdr -Xlinker -O2 -Xlinker -T -Xlinker $(CURDIR)/link/sections.ld \
	-Xlinker -z -Xlinker now -Xlinker --symbol-ordering-file=$(CURDIR)/link/order.txt -Xlinker --no-warn-symbol-ordering -Xlinker -Map=$(CURDIR)/$(MAP)
# make STATIC_CRYPTO=1 links libcrypto too: a quarter less time for a warm answer, but a security update of OpenSSL
# reaches that binary only when it is built again. No release is built so; see docs/decisions/linked-libraries.md.
ifdef STATIC_CRYPTO
RELEASE += -Xlinker '--remap-inputs=*/libcrypto.so=$(shell cc -print-file-name=libcrypto.a)'
endif
BINARY := .build/release/warder

.PHONY: build help try recording test unit docs e2e packages bench gate order fuzz lint man install install-man uninstall deb tarball sbom release clean deps deps-build deps-package
.DEFAULT_GOAL := build

build: deps-build ## the release binary, .build/release/warder; what make alone does
	@mkdir -p $(STATIC) && ln -sf "$$(cc -print-file-name=libstdc++.a)" $(STATIC)/libstdc++.a
	@link/build-note $(SWIFT) > $(NOTE).new
	@cmp -s $(NOTE).new $(NOTE).c && [ -e $(NOTE).o ] || { cp $(NOTE).new $(NOTE).c && cc -c -o $(NOTE).o $(NOTE).c; }
	@# SwiftPM does not know that the binary depends on these.
	@if [ -e $(BINARY) ] && { [ ! -e $(MAP) ] || [ -n "$$(find link $(NOTE).o -newer $(BINARY))" ]; }; then rm $(BINARY); fi
	$(SWIFT) build $(RELEASE) --product warder

help: ## lists what make can do
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/\1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 14

try: build deps ## shows the main job against a local STS, in a throwaway home
	Tests/try $(BINARY)

recording: build deps ## makes docs/recording.svg, which the README shows, from a real run
	$(VENV)/bin/python Tests/Recording/record $(BINARY)

test: build deps unit docs e2e packages ## all tests: unit, docs, e2e and packages
	@echo 'make test: everything passed'

unit: deps-build ## the Swift tests
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build

docs: deps ## checks what the documents quote and name against the source
	$(PYTEST) -q Tests/Docs

e2e: build deps ## the tests of the binary, in real shells, terminals and SDKs; JOBS=6
	WARDER=$(CURDIR)/$(BINARY) $(PYTEST) -n $(JOBS) --dist worksteal Tests/Alone Tests/VaultReader Tests/LogReader Tests/EndToEnd

packages: deb tarball sbom deps ## tests the packages, in fresh systems if it has root and the network
	WARDER_DIST=$(CURDIR)/$(DIST) $(PYTEST) -n 2 --dist loadgroup Tests/Packages

# What is measured is a copy, as people install it: the kernel keeps a file that was written in one go in larger pieces
# than the one that the linker wrote, so a copy starts faster and takes more memory.
INSTALLED := .build/installed/warder
bench: build deps ## compares warder's speed with other programs'
	install -D -m 755 $(BINARY) $(INSTALLED)
	WARDER=$(CURDIR)/$(INSTALLED) $(VENV)/bin/python Benchmarks/run

# Instructions are the same on every machine, so they can fail a build.
gate: build deps ## counts instructions, page faults and memory of common commands, with limits
	install -D -m 755 $(BINARY) $(INSTALLED)
	WARDER=$(CURDIR)/$(INSTALLED) $(VENV)/bin/python Benchmarks/gate

# The order depends on what a warm answer runs, not on the machine. Names that no longer exist do no harm.
order: deps ## rewrites link/order.txt, which tells the linker what a warm answer runs
	$(MAKE) build STRIP=-S
	WARDER=$(CURDIR)/$(BINARY) $(VENV)/bin/python Benchmarks/order > link/order.new
	mv link/order.new link/order.txt
	$(MAKE) build

# The parsers of bytes from outside, under libFuzzer and AddressSanitizer: `make fuzz FUZZ=xml SECONDS=300` runs one.
# Optimised, or ten seconds would not go far; with the standard library's debug checks, which unsafe buffers need to be
# checked at all. The flags reach every module, so this is a build of its own; docs/fuzzing.md says more.
SECONDS ?= 10
FUZZER := .build/fuzz/release/Fuzz
fuzz: deps-build ## ten seconds of fuzzing for each parser; FUZZ=xml SECONDS=300 for one
	WARDER_FUZZ=1 $(SWIFT) build -c release --scratch-path .build/fuzz --product Fuzz -Xswiftc -use-ld=lld \
		-Xswiftc -sanitize=fuzzer,address -Xswiftc -enable-testing -Xswiftc -assert-config -Xswiftc Debug
	@Tests/Fuzz/run $(FUZZER) $(SECONDS) $(FUZZ)

lint: deps ## format, scripts, imports, and what must not stand in the source
	.ci/lint

# From the binary's description of itself and from docs/; nothing of it is committed.
MAN := .build/man
man: build ## the manual pages, in .build/man
	python3 man/generate.py $(BINARY) $(MAN)

install-man: man ## installs the manual pages alone
	packaging/pages $(MAN) '$(DESTDIR)$(PREFIX)/share'

# Debian's packages put zsh's completions in ZSH_FOLDER=vendor-completions.
ZSH_FOLDER ?= site-functions
export ZSH_FOLDER DESTDIR
install: build man ## installs below PREFIX (~/.local)
	packaging/install $(BINARY) $(MAN) --prefix '$(PREFIX)' --units '$(UNITS)'

# Never by folder: below ~/.local, share/warder is where the vault is. Only the names count; nothing has to be built.
uninstall: ## removes what make install installed
	@packaging/pages '' '$(DESTDIR)$(PREFIX)/share'
	@packaging/install /dev/null '' --uninstall --prefix '$(PREFIX)' --units '$(UNITS)'

# The packages take the binary of `make build`; a release is built of a clean checkout, as docs/releasing.md says.
DIST := .build/dist
deb: build man deps-package ## the Debian package, .build/dist/warder_VERSION_amd64.deb
	packaging/deb $(DIST)

tarball: build man ## the tarball for other distributions, .build/dist/warder-VERSION-linux-x86_64.tar.gz
	packaging/tarball $(BINARY) $(MAN) $(DIST)

# By the map that the linker wrote.
sbom: build deps-package ## the SBOM: what is linked in, .build/dist/warder-VERSION.cdx.json
	@mkdir -p $(DIST)
	packaging/sbom $(BINARY) > $(DIST)/warder-$$(packaging/version).cdx.json

release: deb tarball sbom ## all three and SHA256SUMS; builds twice, and fails if a byte differs
	packaging/release $(DIST)

debian/changelog: CHANGELOG.md Sources/Setup/Version.swift
	packaging/changelog > $@.new
	mv $@.new $@

deps-package: ## installs what building the packages needs as well
	@.ci/install-deps package

deps-build: ## installs what building needs
	@.ci/install-deps build

deps: ## installs what tests, lint and benchmarks need as well
	@.ci/install-deps all

clean: ## removes what was built, and the Python environment of the tests
	rm -rf .build $(VENV)
