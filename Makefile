# For habit: everything lies in scripts/. `make run LOGS="..."`, `make fuzz SECONDS=600`.
.PHONY: run test e2e drills drills-full bench fuzz lint format install deb web clean

run:
	@scripts/run $(LOGS)

test:
	@scripts/test $(ARGS)

e2e:
	@scripts/e2e $(ARGS)

drills:
	@scripts/drills $(ARGS)

drills-full:
	@scripts/drills --full $(ARGS)

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

deb:
	@scripts/deb $(ARGS)

web:
	@scripts/web $(ARGS)

clean:
	rm -rf build
