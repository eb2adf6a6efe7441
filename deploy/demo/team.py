"""Creates a team with salespeople, and prints their ids: team.py HOST:PORT TENANT TEAM NAME…

By gRPC-Web over plain HTTP and with messages written by hand, so that nothing but Python is needed. Programs use stubs
made from proto/, as tests/python/client.py does.
"""

import http.client
import struct
import sys


def text(field, value):
    """A text, a message or bytes as a field of a message: number and wire type, length, content."""
    content = value.encode("utf-8") if isinstance(value, str) else value
    return bytes([field << 3 | 2]) + varint(len(content)) + content


def varint(number):
    """A number in groups of seven bits, the lowest first."""
    groups = []
    while number > 0x7F:
        groups.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(groups + [number])


def first_text(message):
    """The content of a message's first field, if it has a length (every answer here begins with one)."""
    length, at, shift = 0, 1, 0
    while True:
        length |= (message[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if message[at - 1] < 0x80:
            return message[at:at + length]


def call(server, tenant, method, message):
    """The answer to a unary call."""
    headers = {"content-type": "application/grpc-web+proto", "x-grpc-web": "1", "x-tenant-id": tenant}
    connection = http.client.HTTPConnection(server, timeout=30)
    connection.request("POST", f"/opportune.v1.TeamService/{method}", struct.pack(">BI", 0, len(message)) + message, headers)
    answer = connection.getresponse()
    body = answer.read()
    refused = answer.headers.get("grpc-message")
    if answer.status != 200 or refused or not body:
        raise SystemExit(f"{method}: {refused or answer.reason}")
    (length,) = struct.unpack(">I", body[1:5])
    return body[5:5 + length]


def main():
    server, tenant, team_name, *names = sys.argv[1:]
    # CreateTeamRequest.team.name, and in the answer CreateTeamResponse.team.id; the others likewise.
    team = first_text(first_text(call(server, tenant, "CreateTeam", text(1, text(2, team_name))))).decode()
    print(team)
    for name in names:
        answer = call(server, tenant, "CreateSalesperson", text(1, text(2, name)))
        salesperson = first_text(first_text(answer)).decode()
        call(server, tenant, "AddTeamMember", text(1, team) + text(2, salesperson))
        print(salesperson)


if __name__ == "__main__":
    main()
