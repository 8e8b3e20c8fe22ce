#!/bin/sh
# A sweep as an array of jobs: no program need stay alive, nothing listens.
#
#     qsub -J 1-100 -v PARTS=100,EXPERIMENT=experiment.toml,DIR=results/mine experiments/clusters/pbs_array.sh
#
# Each of the jobs does its part of the runs and keeps them in DIR, which all machines must see; whoever does the
# last run writes DIR/results.parquet. Send it again with the same array and it goes on with what is missing.
#PBS -N okoshi
#PBS -l select=1:ncpus=1:mem=2gb
#PBS -l walltime=04:00:00

set -eu
cd "$PBS_O_WORKDIR"
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1
exec "${OKOSHI:-.venv/bin/okoshi}" sweep "$EXPERIMENT" --out "$DIR" --shard "$PBS_ARRAY_INDEX/$PARTS"
