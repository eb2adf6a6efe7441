"""Reads the .proto files of the contract: messages, enums, fields and their comments. Standard library only.

Understands the part of the language that the contract uses: proto3, nested messages, oneof, map, optional, repeated.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

TOKEN = re.compile(r"//[^\n]*|\"[^\"]*\"|[A-Za-z_][\w.]*|\d+|\n|[{}<>=;,()\[\]]")


@dataclass
class Field:
    """A field of a message; `type` is a scalar, or the full name of a message or an enum."""

    name: str
    type: str
    comment: str
    repeated: bool = False
    map_value: str = ""

    @property
    def json_name(self):
        """The name in canonical JSON."""
        return re.sub(r"_(.)", lambda match: match.group(1).upper(), self.name)


@dataclass
class Message:
    """A message with its fields in the order of the file."""

    name: str
    comment: str
    fields: list = field(default_factory=list)


@dataclass
class Enum:
    """An enum with the names of its values and their comments."""

    name: str
    comment: str
    values: list = field(default_factory=list)


class Reader:
    """Reads one file into `types`, a table by full name."""

    def __init__(self, text, types):
        self.tokens = TOKEN.findall(text)
        self.at = 0
        self.types = types
        self.package = ""
        self.comment = []

    def next(self):
        """The next token that is no comment; comments right before it are kept."""
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            if token.startswith("//"):
                self.comment.append(token[2:].removeprefix(" "))
            elif token == "\n":
                # A blank line parts a comment from what follows.
                if self.at < len(self.tokens) and self.tokens[self.at] == "\n":
                    self.comment = []
            else:
                return token
        return ""

    def take_comment(self):
        """The comment above what was just read, as paragraphs."""
        text, self.comment = "\n".join(self.comment), []
        return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n") if part.strip())

    def skip(self, end):
        """Skips to the token `end`."""
        while self.next() not in (end, ""):
            pass
        self.comment = []

    def skip_block(self):
        """Skips from the next { to its }."""
        depth = 0
        while token := self.next():
            depth += (token == "{") - (token == "}")
            if depth == 0 and token == "}":
                break
        self.comment = []

    def file(self):
        """Reads the whole file."""
        while token := self.next():
            if token == "package":
                self.package = self.next()
                self.skip(";")
            elif token == "message":
                self.message(self.package)
            elif token == "enum":
                self.enum(self.package)
            elif token == "service":
                self.skip_block()
            else:
                self.skip(";")

    def message(self, scope):
        """Reads a message whose keyword was just read."""
        comment = self.take_comment()
        message = Message(f"{scope}.{self.next()}", comment)
        self.types[message.name] = message
        self.next()
        depth = 1
        while depth:
            token = self.next()
            if token == "}":
                depth -= 1
                self.comment = []
            elif token == "message":
                self.message(message.name)
            elif token == "enum":
                self.enum(message.name)
            elif token == "oneof":
                self.next(), self.next()
                depth += 1
                self.comment = []
            elif token in ("reserved", "option"):
                self.skip(";")
            else:
                message.fields.append(self.field(token))

    def field(self, token):
        """Reads a field whose first token was just read."""
        comment, repeated, map_value = self.take_comment(), token == "repeated", ""
        if token in ("repeated", "optional"):
            token = self.next()
        if token == "map":
            self.next(), self.next(), self.next()
            map_value = self.next()
            self.next()
        name = self.next()
        self.skip(";")
        return Field(name, token, comment, repeated, map_value)

    def enum(self, scope):
        """Reads an enum whose keyword was just read."""
        enum = Enum(f"{scope}.{self.next()}", self.take_comment())
        self.types[enum.name] = enum
        self.next()
        while (token := self.next()) != "}":
            enum.values.append((token, self.take_comment()))
            self.skip(";")
        self.comment = []


def read(folder):
    """All messages and enums below `folder`, by full name, with the types of their fields resolved."""
    types = {}
    for path in sorted(Path(folder).rglob("*.proto")):
        Reader(path.read_text(encoding="utf-8"), types).file()
    for message in [one for one in types.values() if isinstance(one, Message)]:
        for one in message.fields:
            one.type = resolve(one.type, message.name, types)
            one.map_value = resolve(one.map_value, message.name, types)
    return types


def resolve(name, scope, types):
    """The full name of a type that is mentioned within `scope`."""
    while name and scope:
        if f"{scope}.{name}" in types:
            return f"{scope}.{name}"
        scope = scope.rpartition(".")[0]
    return name
