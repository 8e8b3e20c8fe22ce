"""How much may be asked for at once, and on how many threads a process counts."""

MOST_REPLICATES = 10_000
MOST_WORKERS = 1_024  # more than any one machine has

# Of a process: so that processes are all there is to count, and since more threads add up in another order.
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
