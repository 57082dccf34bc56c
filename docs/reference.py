#!/usr/bin/env python3
"""Makes the reference of the public headers by Doxygen, or fails with its warnings.

Doxygen reads copies of the headers. They have the same lines, so that warnings name the right ones; but the headers
are written to be read as they are, by rules that Doxygen does not know:

- A comment speaks for all declarations up to the next comment or empty line.
- A comment behind a declaration speaks for it.
- A comment before `namespace nn`, or one that stands alone there, speaks for the file.
- A constructor, a copy or a field without a comment is what its class says.
- The precision's inline namespace is no name for readers.

Of each example it reads the first comment alone, and looks up the names in the rest.

usage: reference.py PROJECT FOLDER    the pages are then in FOLDER/html
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import typing

SKIPPED = 77
NAMED = re.compile(r"(?:template <.*> )?(namespace|class|struct|enum(?: class)?)\b(?: alignas\(\d+\))? ?(\w*)")
FIELD = re.compile(r" *((?:const )?[\w:]+(?:<.*>)?[*&]? )([^()/]+);( *// .*)?$")


def code_of(line):
    """The line without comments, texts and characters; nothing of a preprocessor's line or an access label."""
    line = re.sub(r'"(\\.|[^"\\])*"|\'(\\.|[^\'\\])+\'', '""', line)
    line = re.sub(r"/\*.*?\*/|//.*", "", line).strip()
    return "" if re.match(r"#|\w+:$", line) else line


class Braces:
    """Follows the braces of a header."""

    def __init__(self):
        self.open = []  # for each, the kind and name of what it belongs to; None for a body
        self.begun = ""  # of a declaration

    def between_declarations(self):
        return None not in self.open and not self.begun

    def take(self, code):
        for c in code + " ":
            if c == "{":
                scope = NAMED.match(self.begun)
                self.open.append(scope.groups() if scope and None not in self.open else None)
            elif c == "}":
                self.open.pop()
            ends = c == ";" or c == "{" and self.open[-1] or c == "," and self.in_enumeration()
            self.begun = "" if ends else (self.begun + c).lstrip()
        if re.search(r"\} $", self.begun) or self.in_enumeration():
            self.begun = ""

    def in_enumeration(self):
        return self.open and self.open[-1] and self.open[-1][0].startswith("enum")


class Block(typing.NamedTuple):
    kind: str  # "///", "//", "declaration" or "": none of them
    first: int
    end: int  # the line behind the last
    scope: tuple  # the kind and name of what it is in, or None
    code: str
    has_comment: bool  # behind it, on its line


def blocks_of(lines):
    """What there is outside bodies: each comment, declaration and other line."""
    braces, at = Braces(), 0
    while at < len(lines):
        first, scope = at, braces.open[-1] if braces.open else None
        if comment := re.match(r"\s*(///?)", lines[at]):
            while at < len(lines) and re.match(rf"\s*{comment[1]}(?!/)", lines[at]):
                at += 1
            yield Block(comment[1], first, at, scope, "", False)
            continue
        code = ""
        while at == first or at < len(lines) and not braces.between_declarations():
            code += code_of(lines[at]) + " "
            braces.take(code_of(lines[at]))
            at += 1
        has_comment = at == first + 1 and "// " in lines[first]
        yield Block("declaration" if re.search(r"\w", code) else "", first, at, scope, code, has_comment)


def spoken_for(blocks, number):
    """The declarations that comment `number` speaks for."""
    found = []
    for block in blocks[number + 1:]:
        if block.kind != "declaration" or block.scope != blocks[number].scope or block.code.startswith("namespace"):
            break
        if found and (block.has_comment or re.search(r" override|= default|~", block.code)):
            break
        found.append(block)
    return found


def makes_an_object(block):
    """Whether it is a constructor, a destructor or an assignment."""
    kind, name = block.scope or ("", "")
    head = block.code.split(" : ")[0]
    return kind in ("class", "struct") and re.search(rf"(^|[ >)])~?{name}\(|\b{name}& operator=|^using [\w:]+;", head)


def one_by_one(line):
    """Fields of one line as declarations of their own, each with the comment behind them."""
    kind, names, comment = FIELD.match(line).groups()
    comment = comment.replace("//", "/**<", 1) + " */" if comment else ""
    return " ".join(f"{kind}{name};{comment}" for name in re.split(r", (?=[\w*]+(?: =|[,{]|$))", names))


def in_front(comment, line):
    return f"{comment} {line.lstrip()}"


def for_doxygen(text):
    lines = [line.replace("inline namespace NN_PRECISION {", "") for line in text.splitlines()]
    lines = [re.sub(r"^\}(\}+  // namespace nn::NN_PRECISION)", r"\1", line) for line in lines]
    lines = [re.sub("^#pragma once", "/** @file */", line) for line in lines]
    lines = [re.sub("^#define.*", "", re.sub("^// clang-format.*", "///", line)) for line in lines]
    blocks = list(blocks_of(lines))
    bare = {block.first for block in blocks if block.kind == "declaration"}
    begins, ends = [], []  # of groups
    for number, block in enumerate(blocks):
        declarations = spoken_for(blocks, number)
        if block.kind == "declaration":
            line = lines[block.first]
            is_field = block.scope and block.scope[0] == "struct" and FIELD.match(line)
            if is_field:
                line = one_by_one(line)
            elif block.end == block.first + 1:
                line = re.sub("// ", "///< ", line)
            if block.first in bare and is_field:
                line = re.sub(r";( |$)", r"; /**< See the description above. */\1", line) if "/**<" not in line else line
            elif block.first in bare and makes_an_object(block):
                line = in_front("/** See the description above. */", line)
            lines[block.first] = line
        elif block.kind.startswith("//") and not declarations and (not block.scope or block.scope[0] == "namespace"):
            lines[block.first - 1] = "/// @file"
            for at in range(block.first, block.end):
                lines[at] = re.sub("^///?", "///", lines[at])
        elif block.kind == "///":
            lines[block.first] = lines[block.first].replace("///", "/**", 1)
            for at in range(block.first + 1, block.end):
                lines[at] = lines[at].replace("///", " * ", 1)
            lines[block.end - 1] += " */"
            bare -= {declaration.first for declaration in declarations}
            if len(declarations) > 1:
                begins.append(block.first)
                ends.append(declarations[-1].end)
    for at in begins:
        lines[at] = in_front("/**@{*/", lines[at])
    for at in ends:
        lines[at] = in_front("/**@}*/", lines[at])
    return "\n".join(lines) + "\n"


def for_example(name, text):
    comment = re.match(r"(//.*\n)+", text)[0]
    return f"/// @example {name}\n" + re.sub("^//", "///", comment, flags=re.MULTILINE)


def main(project, folder):
    if not shutil.which("doxygen"):
        print("doxygen is not installed")
        return SKIPPED
    shutil.rmtree(folder, ignore_errors=True)
    for path in sorted((project / "include").rglob("*.hpp")):
        copy = folder / "source" / path.relative_to(project / "include")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(for_doxygen(path.read_text()))
    for path in sorted((project / "apps" / "examples").glob("*.cpp")):
        (folder / "source" / path.name).write_text(for_example(path.name, path.read_text()))
    (folder / "source" / "namespace.dox").write_text("/// @namespace nn\n/// All names of the library.\n")
    environment = os.environ | {"NN_PROJECT": str(project), "NN_FOLDER": str(folder),
                                "NN_VERSION": (project / "lib" / "VERSION").read_text().strip()}
    done = subprocess.run(["doxygen", project / "docs" / "Doxyfile"], env=environment, text=True, capture_output=True)
    warnings = done.stdout + done.stderr
    print(warnings.replace(f"{folder / 'source'}/", "include/") or f"wrote {folder / 'html' / 'index.html'}")
    return int(bool(done.returncode or warnings))


sys.exit(main(*(pathlib.Path(argument).absolute() for argument in sys.argv[1:])))
