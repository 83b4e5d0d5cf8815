# Each recipe is a step of .ci/run, so that what passes here passes there.

# List the recipes.
default:
    @just --list --unsorted

# The test command of the README.
test:
    .ci/run test

# Format, clippy and shell, warnings are errors.
lint:
    .ci/run fmt clippy shell

# The API documentation, without warnings.
docs:
    .ci/run docs

# The pure core builds without git and terminal.
core:
    .ci/run core

# Licences, duplicates and sources of dependencies.
deny:
    .ci/run deny

# Other verifiers read what we write, and the reverse.
interop:
    .ci/run test interop

# Requirement, test, result: the pack of what .ci/run test has run, in target/validation.
validation:
    .ci/run validation

# The walk-throughs of the documentation.
walk:
    cargo test --test walk_through

# Random input guided by coverage: all targets, or TARGET… [SECONDS], for instance report/junit-xml 600.
fuzz *ARGS:
    fuzz/run {{ARGS}}

# Each check against an attack, switched off: its test has to fail. All, or those of A05 T10 ….
prove-attacks *ARGS:
    tests/prove-attacks {{ARGS}}

# The benchmark, with numbers that mean something.
bench *ARGS:
    cargo bench --bench ledger -- {{ARGS}}

# How fast reports are read.
bench-ingest *ARGS:
    cargo bench --bench ingest -- {{ARGS}}

# Writers, syncs, housekeeping and kills at once, for a minute each.
races SECONDS="60":
    QMS_RACES_SECONDS={{SECONDS}} cargo test --test sync_cmd racing -- --nocapture --test-threads=1

# Everything that CI runs.
ci:
    .ci/run

# Pages in a browser.
pages:
    .ci/run pages

# The Debian package and the tar file, tried out.
pack:
    .ci/run pack
