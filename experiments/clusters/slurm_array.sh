#!/bin/sh
# A sweep as an array of jobs: no program need stay alive, nothing listens.
#
#     sbatch --array=1-100 experiments/clusters/slurm_array.sh EXPERIMENT DIR
#
# Each of the jobs does its part of the runs and keeps them in DIR, which all machines must see; whoever does the
# last run writes DIR/results.parquet. Send it again with the same array and it goes on with what is missing.
# SLURM allows 1,000 jobs in an array unless its MaxArraySize says otherwise: take many runs a job.
#SBATCH --job-name=okoshi
#SBATCH --cpus-per-task=1
#SBATCH --mem-per-cpu=2G
#SBATCH --time=04:00:00
#SBATCH --output=okoshi-%A-%a.log
# All machines must be of one kind of CPU, since `exp` and `log` differ between kinds in the last bit:
##SBATCH --constraint=icelake

set -eu
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1
exec "${OKOSHI:-.venv/bin/okoshi}" sweep "$1" --out "$2" \
    --shard "$SLURM_ARRAY_TASK_ID/${PARTS:-$SLURM_ARRAY_TASK_COUNT}" --workers "${SLURM_CPUS_PER_TASK:-1}"
