#!/usr/bin/env python3
"""The playground: a page in which libnn, compiled to WebAssembly, trains on the checkerboard.

usage: build.py [FOLDER]
Writes FOLDER/playground.html ("build" if it is not given), one file that needs nothing else. Takes ninja and Debian's
packages clang-19 lld-19 wasi-libc libc++-19-dev-wasm32 libc++abi-19-dev-wasm32 libclang-rt-19-dev-wasm32.
"""

import base64
import os
import pathlib
import shlex
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
COMPILER = "clang++-19"
TARGET = ["--target=wasm32-wasi", "-stdlib=libc++"]
# try is compiled, and nothing is ever caught: see wasi/throw.cpp.
FLAGS = [*TARGET, "-std=c++20", "-O2", "-DNDEBUG", "-msimd128", "-ffp-contract=off", "-fignore-exceptions",
         "-D_WASI_EMULATED_GETPID", f'-DNN_VERSION="{(ROOT / "lib/VERSION").read_text().strip()}"',
         "-I", HERE / "wasi", "-I", ROOT / "include", "-I", ROOT / "lib"]
LINK = [*TARGET, "-lwasi-emulated-getpid", "-Wl,--strip-all", "-Wl,-z,stack-size=1048576"]
PAGE_LAYERS = ["kernels", "core", "ops", "losses", "modules", "data", "train"]
PAGE_LINK = ["-mexec-model=reactor"]


def missing():
    """What is not installed, in words; "" if nothing is."""
    for tool in (COMPILER, "wasm-ld-19", "ninja"):
        if not shutil.which(tool):
            return f"no {tool}"
    for file in ("libc.a", "libc++.a", "libc++abi.a", "libclang_rt.builtins-wasm32.a"):
        name = "-print-libgcc-file-name" if "builtins" in file else f"-print-file-name={file}"
        found = subprocess.run([COMPILER, *TARGET, name], capture_output=True, text=True).stdout.strip()
        if not os.path.isabs(found) or not os.path.exists(found):
            return f"no {file} for WebAssembly"
    return ""


def units(folder, layers):
    """{object: source}: each folder of lib/ as one unit, but for the kernels, and the stand-ins of wasi/."""
    found = {}
    for layer in layers:
        sources = [line for line in (ROOT / "lib/sources.txt").read_text().split() if line.split("/")[0] == layer]
        if layer == "kernels":
            found |= {f"{source}.o": ROOT / "lib" / source for source in sources}
            continue
        unit = folder / f"{layer}.cpp"
        text = "".join(f'#include "{source}"\n' for source in sources)
        if not unit.exists() or unit.read_text() != text:
            unit.write_text(text)
        found[f"{layer}.o"] = unit
    return found | {f"wasi/{source.name}.o": source for source in sorted((HERE / "wasi").glob("*.cpp"))}


def compile_program(folder, source, layers, link=()):
    """The path of the module, made of a source and of folders of lib/."""
    folder.mkdir(parents=True, exist_ok=True)
    module, objects = f"{source.stem}.wasm", units(folder, layers) | {f"{source.stem}.o": source}
    def words(arguments):
        return shlex.join(map(str, arguments)).replace("$", "$$")
    def place(file):
        return str(file).replace("$", "$$").replace(" ", "$ ").replace(":", "$:")
    rules = ["rule compile", f"  command = {COMPILER} {words(FLAGS)} -MMD -MF $out.d -c $in -o $out",
             "  description = $out", "  depfile = $out.d", "  deps = gcc",
             "rule link", f"  command = {COMPILER} $in {words([*LINK, *link])} -o $out", "  description = $out",
             *(f"build {name}: compile {place(file)}" for name, file in objects.items()),
             f"build {module}: link {' '.join(objects)}"]
    rules_file = folder / f"{source.stem}.ninja"
    rules_file.write_text("\n".join(rules) + "\n")
    subprocess.run(["ninja", "-C", folder, "-f", rules_file, module], check=True, stdout=sys.stderr)
    return folder / module


def main(arguments):
    if arguments in (["-h"], ["--help"]):
        print(__doc__.strip())
        return 0
    if len(arguments) > 1 or arguments[:1] and arguments[0].startswith("-"):
        print("build.py: expected at most a folder; --help tells the rest", file=sys.stderr)
        return 2
    if missing():
        print(f"build.py: {missing()}; --help names the packages", file=sys.stderr)
        return 1
    folder = pathlib.Path(arguments[0] if arguments else ROOT / "build").resolve()
    try:
        module = compile_program(folder / "wasm", HERE / "playground.cpp", PAGE_LAYERS, PAGE_LINK)
    except subprocess.CalledProcessError:
        print("build.py: it does not compile", file=sys.stderr)
        return 1
    page = (HERE / "playground.html").read_text()
    for name in ("playground.css", "playground.js"):
        page = page.replace(f"/* {name} */", (HERE / name).read_text())
    page = page.replace("MODULE_IN_BASE64", base64.b64encode(module.read_bytes()).decode())
    (folder / "playground.html").write_text(page)
    print(folder / "playground.html")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
