#!/usr/bin/env python3
"""libnn.a is one self-contained archive: not a thin one, its kernels in it, and a program linked to it needs
no library beyond the compiler's own. nn.hpp includes every public header. What needs MPI is apart.

usage: archive_test.py PROJECT ARCHIVE PROGRAM
"""
import pathlib
import subprocess
import sys

project, archive, program = map(pathlib.Path, sys.argv[1:])
problems = []

if archive.read_bytes()[:8] != b"!<arch>\n":
    problems.append(f"{archive} is a thin archive")
members = subprocess.run(["ar", "t", archive], check=True, capture_output=True, text=True).stdout.split()
for source in sorted((project / "lib").rglob("*.cpp")):
    if source.parent.name == "mpi":
        continue
    wanted = "_".join(source.relative_to(project / "lib").parts) + ".o"
    if wanted not in members:
        problems.append(f"{archive} has no object of {source.relative_to(project)}")

known = ("linux-vdso", "libstdc++", "libgcc_s", "libc.", "libm.", "libpthread", "ld-linux", "/ld-")
sanitizers = ("libasan", "libubsan", "libtsan")
for line in subprocess.run(["ldd", program], check=True, capture_output=True, text=True).stdout.splitlines():
    if line.strip() and not any(name in line for name in known + sanitizers):
        problems.append(f"{program.name} needs {line.strip()}")

public = {str(p.relative_to(project / "include")) for p in (project / "include").rglob("*.hpp")
          if p.parent.name != "mpi"} - {"nn/nn.hpp"}
included = {line.split('"')[1] for line in (project / "include/nn/nn.hpp").read_text().splitlines()
            if line.startswith("#include")}
problems += [f"nn.hpp does not include {name}" for name in sorted(public - included)]

print("\n".join(problems) or "the archive is whole")
sys.exit(bool(problems))
