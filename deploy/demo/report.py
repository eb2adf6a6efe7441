"""Adds up what went in and what came out: report.py LEADS.CSV FOLDER

The folder has what the demo wrote down: import.txt and convert.txt as the program printed them, conversions.json and
customers as the API says, and events.ndjson as they came from the broker. Waits for events that are still on their way.
Exit code 0 only if all numbers add up.
"""

import json
import pathlib
import re
import sys
import time

LONGEST_WAIT = 60
# No event may come after the last one that is expected.
QUIET = 2


def number(text):
    """A number as it is printed."""
    return int(text.replace(",", ""))


class Facts:
    """What was written down."""

    def __init__(self, sample, folder):
        with open(sample, "rb") as file:
            self.rows = sum(1 for line in file if line.strip()) - 1
        told = (folder / "import.txt").read_text(encoding="utf-8")
        found = re.search(r"^created ([\d,]+), updated ([\d,]+), rejected ([\d,]+)", told, re.MULTILINE)
        self.created, self.updated, self.rejected = map(number, found.groups())
        outcomes = re.findall(
            r"^(succeeded|accepted|refused|failed) +([A-Z_]*) +([\d,]+)$",
            (folder / "convert.txt").read_text(encoding="utf-8"),
            re.MULTILINE,
        )
        self.outcomes = [(outcome, reason, number(count)) for outcome, reason, count in outcomes]
        # The one that was previewed and converted before the others.
        self.asked = 1 + sum(count for _, _, count in self.outcomes)
        self.refused_at_call = self.of("refused", "DUPLICATES_FOUND")
        self.conversions = json.loads((folder / "conversions.json").read_text(encoding="utf-8"))
        self.by_state = {}
        for conversion in self.conversions:
            self.by_state[conversion["state"]] = self.by_state.get(conversion["state"], 0) + 1
        self.converted = self.by_state.get("CONVERSION_STATE_SUCCEEDED", 0)
        self.failed = self.by_state.get("CONVERSION_STATE_FAILED", 0)
        self.failed_as_duplicates = sum(1 for conversion in self.conversions if "DUPLICATES_FOUND" in reasons(conversion))
        results = [conversion.get("result", {}) for conversion in self.conversions]
        self.customers = sum(len(result.get("created_customer_ids", [])) for result in results)
        self.opportunities = len({result["opportunity_id"] for result in results if result})

    def of(self, outcome, reason):
        """How many of the calls ended so."""
        return sum(count for found, why, count in self.outcomes if (found, why) == (outcome, reason))

    def expected_events(self):
        """How many events of each type there have to be."""
        return {
            "opportune.lead.created.v1": self.created,
            "opportune.lead.updated.v1": self.updated,
            "opportune.opportunity.created.v1": self.converted,
            "opportune.customer.created.v1": self.customers,
            "opportune.conversion.failed.v1": self.failed,
        }


def reasons(conversion):
    """The reasons of a conversion's error."""
    return [detail.get("reason") for detail in conversion.get("error", {}).get("details", [])]


def events(folder, expected):
    """The events, once as many have come as are expected and no more come, or waiting makes no sense."""
    end = time.monotonic() + LONGEST_WAIT
    before, since = -1, time.monotonic()
    while True:
        lines = (folder / "events.ndjson").read_text(encoding="utf-8").splitlines()
        if len(lines) != before:
            before, since = len(lines), time.monotonic()
        quiet = time.monotonic() - since > QUIET
        if quiet and len(lines) >= expected or time.monotonic() > end:
            return [json.loads(line) for line in lines]
        time.sleep(0.2)


def main():
    sample, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    facts = Facts(sample, folder)
    expected = facts.expected_events()
    came = events(folder, sum(expected.values()))
    by_type = {}
    for event in came:
        by_type[event["type"]] = by_type.get(event["type"], 0) + 1
    subjects = {event["subject"] for event in came if event["type"] == "opportune.opportunity.created.v1"}
    sums = [
        ("rows in the file = imported + rejected", [facts.rows], [facts.created + facts.updated, facts.rejected]),
        (
            "conversions asked for = converted + refused as duplicates",
            [facts.asked],
            [facts.converted, facts.refused_at_call + facts.failed_as_duplicates],
        ),
        ("LeadCreated events = records created", [by_type.get("opportune.lead.created.v1", 0)], [facts.created]),
        (
            "OpportunityCreated events = converted",
            [by_type.get("opportune.opportunity.created.v1", 0)],
            [facts.converted],
        ),
        ("opportunities with an event = opportunities", [len(subjects)], [facts.opportunities]),
        ("CustomerCreated events = customers created", [by_type.get("opportune.customer.created.v1", 0)], [facts.customers]),
        ("ConversionFailed events = failed", [by_type.get("opportune.conversion.failed.v1", 0)], [facts.failed]),
        ("distinct event ids = events", [len({event["id"] for event in came})], [len(came)]),
        ("events received = events expected", [len(came)], [sum(expected.values())]),
    ]
    all_fit = True
    for name, left, right in sums:
        fits = sum(left) == sum(right)
        all_fit &= fits
        sides = " = ".join(" + ".join(f"{part:,}" for part in side) for side in (left, right))
        print(f"  {'ok ' if fits else 'NOT'}  {name:<58} {sides if fits else sides.replace(' = ', ' ≠ ')}")
    print("\n  The numbers add up." if all_fit else "\n  The numbers do NOT add up.")
    return 0 if all_fit else 1


if __name__ == "__main__":
    sys.exit(main())
