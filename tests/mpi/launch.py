"""How the tests start several processes."""

import os
import shutil
import subprocess
import sys
import time

# Open MPI asks for these where it is root and where there are more ranks than CPUs.
MPIRUN = ["mpirun", "--allow-run-as-root", "--oversubscribe", "--bind-to", "none",
          "--mca", "mpi_yield_when_idle", "1", "--mca", "btl_vader_single_copy_mechanism", "none"]
ENVIRONMENT = {k: v for k, v in os.environ.items() if k not in ("NN_DATA", "NN_ISA")} | {"NN_NUM_THREADS": "1"}


def run(command, timeout=120, **options):
    """What it prints, how it ends, and after how many seconds."""
    begin = time.monotonic()
    done = subprocess.run(list(map(str, command)), env=ENVIRONMENT | options.pop("env", {}), text=True,
                          timeout=timeout, **{"capture_output": True} | options)
    done.seconds = time.monotonic() - begin
    return done


def skip_without_mpirun():
    """Ends the program with Meson's status for a test that was skipped."""
    if not shutil.which("mpirun"):
        sys.exit(77)
    if run([*MPIRUN, "-np", "2", "true"]).returncode:
        print("mpirun cannot start two processes here: skipped", file=sys.stderr)
        sys.exit(77)
