"""What fedistats costs, measured beside its peers: `python -m benchmarks [--full] [PART ...]`, from the root of the repository."""
