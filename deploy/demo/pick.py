"""Prints the external id of the row whose e-mail address most rows of a CSV file share: pick.py FILE"""

import collections
import csv
import sys


def main():
    first, count = {}, collections.Counter()
    with open(sys.argv[1], encoding="utf-8", errors="replace", newline="") as file:
        for row in csv.DictReader(file):
            email = (row.get("email") or "").strip().lower()
            if "@" in email:
                first.setdefault(email, row["external_id"])
                count[email] += 1
    if not count:
        raise SystemExit(f"{sys.argv[1]}: no row has an e-mail address")
    print(first[count.most_common(1)[0][0]])


if __name__ == "__main__":
    main()
