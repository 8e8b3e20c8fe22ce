"""Many runs: runner, comparison and what is built on them."""
