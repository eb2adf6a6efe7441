#!/usr/bin/env python3
"""Writes docs/asyncapi.yaml, the description of the events exchange, from proto/.

scripts/asyncapi.py           writes the document anew
scripts/asyncapi.py --check   fails when the one that is checked in differs

Channels, types and payloads come from proto/opportune/events/v1 and its comments; headers and exchange from the text
below, which crates/rabbitmq/src/envelope.rs and topology.rs put into practice. Standard library only.
"""

import json
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import proto_reader  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "asyncapi.yaml"
EVENTS = "opportune.events.v1"
UUID = {"type": "string", "format": "uuid"}

ABOUT = """What opportune tells downstream systems. Events are CloudEvents 1.0 in binary mode on a durable topic exchange of
RabbitMQ (AMQP 0-9-1): the attributes are headers with the prefix `cloudEvents_`, the body is one message of
`proto/opportune/events/v1/events.proto` as canonical proto JSON. With the setting `broker.event_format = "protobuf"` the
body is the same message in binary, and the content type `application/protobuf`.

Bind a queue of your own, for example with `opportunity.created.*`. Nothing is kept for a queue that does not exist yet;
`opportune events replay` sends stored events to one queue again.

Each event is delivered at least once: drop an id that you have seen. The events of one record come in the order of
`cloudEvents_sequence` the first time they are sent; between records there is no order. In JSON, fields that are empty,
zero or false are left out (a `probability` of 0 is not: that is not the same as none), 64-bit numbers are text, enum values
are names. New fields, enum values and event types may come with any release: skip what you do not know. An incompatible
change gets a new version in the type's name."""

SCALARS = {
    "string": {"type": "string"},
    "bool": {"type": "boolean"},
    "int32": {"type": "integer", "format": "int32"},
    "int64": {"type": "string", "pattern": "^-?[0-9]+$"},
    "double": {"type": "number"},
    "google.protobuf.Timestamp": {"type": "string", "format": "date-time"},
    "google.protobuf.Duration": {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?s$"},
    "google.protobuf.Struct": {"type": "object"},
    "google.protobuf.Any": {
        "type": "object",
        "properties": {"@type": {"type": "string", "examples": ["type.googleapis.com/google.rpc.ErrorInfo"]}},
        "required": ["@type"],
    },
}

HEADERS = {
    "cloudEvents_specversion": ("The version of CloudEvents.", {"type": "string", "const": "1.0"}),
    "cloudEvents_id": ("The event. The same in every delivery; also the property `message_id`.", UUID),
    "cloudEvents_source": ("`/tenants/` and the tenant.", {"type": "string", "pattern": "^/tenants/[0-9a-f-]{36}$"}),
    "cloudEvents_type": ("What happened, with the version of the payload.", {"type": "string"}),
    "cloudEvents_subject": ("The id of the record that the event is about.", UUID),
    "cloudEvents_time": ("When it happened: the time of the transaction.", {"type": "string", "format": "date-time"}),
    "cloudEvents_sequence": (
        "The record's change counter, with leading zeros: as text it sorts like the number.",
        {"type": "string", "pattern": "^[0-9]{20}$"},
    ),
    "cloudEvents_partitionkey": (
        "Tenant and record: the events with the same key have an order among themselves.",
        {"type": "string", "pattern": "^[0-9a-f-]{36}/[0-9a-f-]{36}$"},
    ),
    "cloudEvents_traceparent": ("W3C trace context of the call behind it. Absent: there was none.", {"type": "string"}),
    "traceparent": ("The same, where tracing libraries look for it.", {"type": "string"}),
}
OPTIONAL_HEADERS = {"cloudEvents_traceparent", "traceparent"}


def main():
    """Writes or checks the document."""
    text = to_yaml(document())
    if "--check" not in sys.argv[1:]:
        DOCUMENT.write_text(text, encoding="utf-8")
        return
    if not DOCUMENT.exists() or DOCUMENT.read_text(encoding="utf-8") != text:
        sys.exit(f"{DOCUMENT.relative_to(ROOT)} is stale: run scripts/asyncapi.py and commit the result")


def document():
    """The whole document."""
    types = proto_reader.read(ROOT / "proto")
    events = [Event(one) for one in types.values() if one.name.startswith(EVENTS + ".")]
    if len({event.type for event in events}) != len(events):
        sys.exit("two messages of events.proto have the same type")
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "opportune events",
            "version": version(),
            "description": ABOUT,
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {"broker": server()},
        "channels": {event.key: event.channel() for event in events},
        "operations": {f"send{event.name}": event.operation() for event in events},
        "components": {
            "messages": {event.key: event.message() for event in events},
            "schemas": {"CloudEventHeaders": headers(), **schemas(events, types)},
        },
    }


def version():
    """The version of the workspace."""
    return re.search(r'^version = "(.+)"', (ROOT / "Cargo.toml").read_text(encoding="utf-8"), re.M).group(1)


def server():
    """The broker; where it is, only the installation knows."""
    return {
        "host": "{host}:{port}",
        "pathname": "/{vhost}",
        "protocol": "amqp",
        "protocolVersion": "0.9.1",
        "description": "RabbitMQ, as the setting `broker.url` names it.",
        "variables": {
            "host": {"default": "127.0.0.1"},
            "port": {"default": "5672"},
            "vhost": {"default": "%2f", "description": "The virtual host; `%2f` is `/`."},
        },
    }


class Event:
    """One event: a message of events.proto whose comment names type and routing key."""

    def __init__(self, message):
        self.proto = message
        self.name = message.name.rpartition(".")[2]
        self.key = self.name[0].lower() + self.name[1:]
        named = re.search(r"Type `(opportune\.([a-z.]+)\.v\d+)`, routing key `([a-z.]+)\.<tenant>`", message.comment)
        if not named or named.group(2) != named.group(3):
            sys.exit(f"the comment of {message.name} has to name its type and its routing key")
        self.type, self.topic = named.group(1), named.group(3)
        self.summary, _, self.rest = message.comment.partition("\n\n")

    def sent(self):
        """This version sends it."""
        source = ROOT / "crates" / "domain" / "src" / "event.rs"
        return f'"{self.type}"' in source.read_text(encoding="utf-8")

    def channel(self):
        """Its routing key."""
        return {
            "address": f"{self.topic}.{{tenant}}",
            "parameters": {"tenant": {"description": "The tenant, a UUID. `*` in a binding means every tenant."}},
            "messages": {self.key: {"$ref": f"#/components/messages/{self.key}"}},
            "bindings": {
                "amqp": {
                    "is": "routingKey",
                    "exchange": {"name": "opportune.events", "type": "topic", "durable": True, "autoDelete": False},
                    "bindingVersion": "0.3.0",
                }
            },
        }

    def operation(self):
        """That opportune sends it."""
        return {
            "action": "send",
            "channel": {"$ref": f"#/channels/{self.key}"},
            "messages": [{"$ref": f"#/channels/{self.key}/messages/{self.key}"}],
            "bindings": {"amqp": {"deliveryMode": 2, "timestamp": True, "bindingVersion": "0.3.0"}},
        }

    def message(self):
        """Headers and body."""
        later = "" if self.sent() else " This version does not send it yet."
        return {
            "name": self.type,
            "title": self.name,
            "summary": self.summary + later,
            "description": self.rest,
            "contentType": "application/json",
            "headers": {
                "allOf": [
                    {"$ref": "#/components/schemas/CloudEventHeaders"},
                    {"type": "object", "properties": {"cloudEvents_type": {"const": self.type}}},
                ]
            },
            "payload": {"$ref": f"#/components/schemas/{self.name}"},
        }


def headers():
    """What all events have in their headers."""
    return {
        "type": "object",
        "properties": {name: {"description": text, **schema} for name, (text, schema) in HEADERS.items()},
        "required": [name for name in HEADERS if name not in OPTIONAL_HEADERS],
    }


def schemas(events, types):
    """The schemas of the events' messages and of everything that they refer to, by short name."""
    wanted, full, done = [event.proto.name for event in events], {}, {}
    while wanted:
        name = wanted.pop(0)
        short = name.rpartition(".")[2]
        if full.setdefault(short, name) != name:
            sys.exit(f"{name} and {full[short]} would share a schema")
        if short in done:
            continue
        done[short] = schema(types[name])
        if isinstance(types[name], proto_reader.Message):
            wanted += [one.type for one in types[name].fields if one.type in types]
    return done


def schema(described):
    """A message or an enum as JSON Schema."""
    if isinstance(described, proto_reader.Enum):
        values = "\n".join(f"- `{name}`: {' '.join(text.split())}" for name, text in described.values)
        names = [name for name, _ in described.values]
        return {"type": "string", "description": f"{described.comment}\n\n{values}", "enum": names}
    properties = {one.json_name: property_of(one) for one in described.fields}
    return {"type": "object", "description": described.comment, "properties": properties}


def property_of(one):
    """A field as a property."""
    if one.map_value:
        return {"description": one.comment, "type": "object", "additionalProperties": of_type(one.map_value)}
    if one.repeated:
        return {"description": one.comment, "type": "array", "items": of_type(one.type)}
    if one.type in SCALARS:
        return {"description": one.comment, **of_type(one.type)}
    # A reference stands alone: in this dialect of JSON Schema what is beside it does not count.
    return {"description": one.comment, "allOf": [of_type(one.type)]}


def of_type(name):
    """A value of this type."""
    return SCALARS.get(name) or {"$ref": f"#/components/schemas/{name.rpartition('.')[2]}"}


def to_yaml(value):
    """The value as YAML, as plain as it can be."""
    return "# Written by scripts/asyncapi.py from proto/. Do not edit.\n" + "\n".join(lines(value, 0)) + "\n"


def lines(value, depth):
    """The lines of a list or a table."""
    pad = "  " * depth
    pairs = [(f"{scalar(key)}:", one) for key, one in value.items()] if isinstance(value, dict) else [("-", one) for one in value]
    for head, one in pairs:
        if isinstance(one, (dict, list)) and one:
            inner = list(lines(one, depth + 1))
            if head == "-":
                yield f"{pad}- {inner[0].lstrip()}"
                yield from inner[1:]
            else:
                yield pad + head
                yield from inner
        elif isinstance(one, str) and "\n" in one:
            yield f"{pad}{head} |-"
            yield from (f"{pad}  {line}".rstrip() for line in one.split("\n"))
        else:
            yield f"{pad}{head} {scalar(one)}"


def scalar(value):
    """A value on one line; a text without quotes only where it cannot be anything else."""
    if isinstance(value, str) and re.fullmatch(r"[A-Za-z][\w/]*", value) and value not in ("true", "false", "null"):
        return value
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    main()
