# The sizes that make bench measures; a million takes most of an hour: make bench SIZES=1000000
SIZES ?= 1000,10000,100000

.PHONY: test check bench load

test:
	go test ./...

check:
	.ci/run

bench:
	go run ./internal/bench -sizes $(SIZES)

load:
	go run ./internal/bench -load -sizes 10000
