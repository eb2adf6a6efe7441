"""One line a statement from the plans that auto_explain logged: times, duration, tables that were read as a whole."""

import re
import sys

ENTRY = re.compile(r"^\S+ \S+ \S+ \[\d+\] ", re.M)
DURATION = re.compile(r"duration: ([\d.]+) ms\s+plan:\s+Query Text: (.*)", re.S)
NODE = re.compile(r"\(cost=")
SEQ_SCAN = re.compile(r"Seq Scan on (\w+).*?actual time=\S+ rows=(\d+) loops=(\d+)\)(?:\s+Filter:.*?\n)?(?:\s+Rows Removed by Filter: (\d+))?")


def entries(text):
    starts = [match.start() for match in ENTRY.finditer(text)] + [len(text)]
    for begin, end in zip(starts, starts[1:]):
        match = DURATION.search(text[begin:end])
        if match:
            body = match.group(2)
            cut = NODE.search(body)
            head = body[: cut.start()].rsplit("\n", 1)[0] if cut else body
            yield float(match.group(1)), " ".join(head.split()), body


def main():
    seen = {}
    with open(sys.argv[1], encoding="utf-8", errors="replace") as file:
        for duration, query, body in entries(file.read()):
            times, longest, scans = seen.get(query, (0, 0.0, {}))
            for table, rows, loops, removed in SEQ_SCAN.findall(body):
                read = (int(rows) + int(removed or 0)) * int(loops)
                scans[table] = max(scans.get(table, 0), read)
            seen[query] = (times + 1, max(longest, duration), scans)
    print(f"{'times':>5} {'ms':>8}  statement")
    for query, (times, longest, scans) in sorted(seen.items(), key=lambda item: -item[1][1]):
        whole = ", ".join(f"{table} read as a whole: {rows} rows" for table, rows in scans.items() if rows > 1000)
        print(f"{times:>5} {longest:>8.2f}  {query[:150]}" + (f"\n{'':16}!! {whole}" if whole else ""))


if __name__ == "__main__":
    main()
