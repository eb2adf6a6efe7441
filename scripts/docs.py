#!/usr/bin/env python3
"""Keeps the documents true to the code.

scripts/docs.py           writes the table of settings in docs/operations.md anew
scripts/docs.py --check   fails when that table is stale, a metric, a package or a subcommand is not described, or a link
                          leads nowhere

Standard library only.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OPERATIONS = ROOT / "docs" / "operations.md"
BEGIN, END = "<!-- settings: written by scripts/docs.py -->\n", "<!-- end of settings -->\n"


def main():
    """Writes or checks."""
    fresh = with_settings(read(OPERATIONS))
    if "--check" not in sys.argv[1:]:
        OPERATIONS.write_text(fresh, encoding="utf-8")
        return
    faults = [*stale_settings(fresh), *missing_metrics(), *missing_packages(), *missing_subcommands(), *dead_links()]
    if faults:
        sys.exit("\n".join(faults))


def read(path):
    """The text of a file."""
    return path.read_text(encoding="utf-8")


def with_settings(text):
    """The document with the table as defaults.toml has it."""
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    rows = [f"| `{key}` | `{default}` | {meaning} |\n" for key, default, meaning in settings()]
    return f"{before}{BEGIN}| setting | default | meaning |\n| --- | --- | --- |\n{''.join(rows)}{END}{after}"


def settings():
    """Key, default and comment of each setting. Settings that follow each other share the comment above the first."""
    section, comment, rows = "", [], []
    for line in read(ROOT / "crates/opportune/src/defaults.toml").splitlines():
        if header := re.fullmatch(r"\[(\w+)\]", line):
            section, comment = header.group(1), []
        elif line.startswith("#"):
            comment.append(line[1:].strip())
        elif setting := re.fullmatch(r"([\w.]+) = (.*)", line):
            rows.append((f"{section}.{setting.group(1)}", setting.group(2), " ".join(comment) or "as the one above"))
            comment = []
        else:
            comment = []
    return rows


def stale_settings(fresh):
    """The table is not that of defaults.toml."""
    if fresh != read(OPERATIONS):
        yield "docs/operations.md: the settings are stale: run scripts/docs.py and commit the result"


def missing_metrics():
    """Metrics of the code that operations.md does not describe."""
    described = read(OPERATIONS)
    for name in re.findall(r'"((?:opportune|rpc|messaging)\.[a-z_.]+)"', read(ROOT / "crates/telemetry/src/metrics/instruments.rs")):
        if f"`{name.replace('.', '_')}" not in described:
            yield f"docs/operations.md: the metric {name} is not described"


def missing_packages():
    """Packages of the workspace that architecture.md does not name."""
    described = read(ROOT / "docs/architecture.md")
    for manifest in [ROOT / "Cargo.toml", ROOT / "tests/Cargo.toml", *sorted(ROOT.glob("crates/*/Cargo.toml"))]:
        package = re.search(r'^\[package\]\s+name = "(.+)"', read(manifest), re.M)
        if package and f"| `{package.group(1)}`" not in described:
            yield f"docs/architecture.md: the package {package.group(1)} is not in the table"


def missing_subcommands():
    """Subcommands that no document names."""
    described = read(OPERATIONS) + read(ROOT / "README.md")
    source = read(ROOT / "crates/opportune/src/cli.rs").split("pub enum Command {")[1].split("\n}")[0]
    for name in re.findall(r"^    ([A-Z]\w+)", source, re.M):
        if f"opportune {name.lower()}" not in described:
            yield f"docs/operations.md: opportune {name.lower()} is not described"


def dead_links():
    """Relative links to files that are not there."""
    documents = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("crates/*/README.md"), *ROOT.glob("*/README.md")]
    for document in sorted(documents):
        text = re.sub(r"```.*?```", "", read(document), flags=re.S)
        anchors = {anchor(heading) for heading in re.findall(r"^#+ (.+)$", text, re.M)}
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if re.match(r"[a-z]+:", target):
                continue
            path, _, heading = target.partition("#")
            there = (document.parent / path).exists() if path else heading in anchors
            if not there:
                yield f"{document.relative_to(ROOT)}: the link {target} leads nowhere"


def anchor(heading):
    """The anchor of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


if __name__ == "__main__":
    main()
