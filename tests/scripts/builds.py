"""Builds of the project besides the ordinary one, for the longer checks."""

import os
import pathlib
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Failure(Exception):
    """A build or a program failed."""


def command(arguments, env=None):
    """What it prints; Failure, with the end of that, if it fails."""
    done = subprocess.run([str(a) for a in arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          stdin=subprocess.DEVNULL, env=os.environ | (env or {}))
    if done.returncode != 0:
        raise Failure(f"{arguments[0]}, exit status {done.returncode}: " + "\n".join(done.stdout.splitlines()[-20:]))
    return done.stdout


def build(folder, options, targets, compiler=None):
    """Configures the folder when it is new (or the project moved, or the options changed), then builds the targets."""
    stamp = f"{ROOT} {compiler} {[str(option) for option in options]}"
    configured = folder / "configured.txt"
    env = {"CXX": compiler} if compiler else {}
    if not configured.exists() or configured.read_text() != stamp:
        shutil.rmtree(folder, ignore_errors=True)
        command(["meson", "setup", folder, ROOT, *options], env)
        configured.write_text(stamp)
    command(["ninja", "-C", folder, *targets])
