# For habit: everything lies in scripts/. `make run LOGS="..."`, `make fuzz SECONDS=600`.
.PHONY: run test bench fuzz lint format install clean

run:
	@scripts/run $(LOGS)

test:
	@scripts/test $(ARGS)

bench:
	@scripts/bench $(ARGS)

fuzz:
	@scripts/fuzz $(SECONDS)

lint:
	@scripts/lint

format:
	@scripts/lint --fix-format

install:
	@scripts/setup
	@scripts/build release
	cmake --install build/release

clean:
	rm -rf build
