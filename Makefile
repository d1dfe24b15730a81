# Everything a clean clone needs: `make demo` for a first data set, `make test` for every check.
.PHONY: demo test check setup setup-dev clean

demo: setup  ## a data set of street and tabletop frames in out/demo, with its contact sheets
	.venv/bin/simgen assets install sweethome3d
	.venv/bin/simgen generate demo --out out/demo
	.venv/bin/simgen check out/demo
	.venv/bin/simgen preview out/demo

test: setup-dev  ## set-up, then every check
	tools/check

check:  ## every check, in the environment as it is
	tools/check

setup:  ## .venv with simgen in it
	tools/setup

setup-dev:  ## .venv with simgen and the tools that check it
	tools/setup dev

clean:  ## all that can be made again; the prepared asset packs in the user's cache stay
	rm -rf .venv build dist out .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find simgen tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
