"""Converts a lead and reads its event, with nothing but stubs made from the contract, grpcio and pika."""

import json
import sys
import time
import traceback
import uuid

import grpc
import pika
from google.protobuf import duration_pb2, json_format
from google.rpc import error_details_pb2, status_pb2
from google.type import money_pb2
from opportune.events.v1 import events_pb2
from opportune.v1 import (
    conversion_pb2,
    customer_service_pb2,
    customer_service_pb2_grpc,
    import_pb2,
    lead_conversion_service_pb2 as conversion_service_pb2,
    lead_conversion_service_pb2_grpc as conversion_service_pb2_grpc,
    lead_pb2,
    lead_service_pb2,
    lead_service_pb2_grpc,
    plan_pb2,
    similar_pb2,
)

DEADLINE = 30
TRACE = uuid.uuid4().hex
# How long a call may be held for its outcome.
WAIT = duration_pb2.Duration(seconds=30)


class Events:
    """A queue of its own that gets every event of one tenant."""

    def __init__(self, url, tenant):
        self.connection = pika.BlockingConnection(pika.URLParameters(url))
        self.channel = self.connection.channel()
        self.queue = self.channel.queue_declare(queue="", exclusive=True).method.queue
        self.channel.queue_bind(self.queue, "opportune.events", f"*.*.{tenant}")
        self.seen = []

    def wait_for(self, kind, subject):
        """The event of a type about a record, once it has come."""
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end:
            for event in self.seen:
                headers = event["headers"]
                if headers["cloudEvents_type"] == kind and headers["cloudEvents_subject"] == subject:
                    return event
            method, properties, body = self.channel.basic_get(self.queue, auto_ack=True)
            if method is None:
                self.connection.sleep(0.05)
            else:
                self.seen.append({
                    "key": method.routing_key,
                    "content_type": properties.content_type,
                    "headers": properties.headers,
                    "body": body.decode("utf-8"),
                })
        raise AssertionError(f"no {kind} about {subject} within {DEADLINE} s")


class Client:
    """Calls of one tenant."""

    def __init__(self, endpoints):
        self.tenant = str(uuid.uuid4())
        channel = grpc.insecure_channel(endpoints["grpc"])
        self.leads = lead_service_pb2_grpc.LeadServiceStub(channel)
        self.conversions = conversion_service_pb2_grpc.LeadConversionServiceStub(channel)
        self.customers = customer_service_pb2_grpc.CustomerServiceStub(channel)
        self.events = Events(endpoints["amqp"], self.tenant)

    def call(self, method, request, **metadata):
        """A call with the tenant, and with what else is to be told."""
        told = [("x-tenant-id", self.tenant)] + list(metadata.items())
        return method(request, metadata=told, timeout=DEADLINE)

    def create(self, **fields):
        """A new lead."""
        request = lead_service_pb2.CreateLeadRequest(lead=lead_pb2.Lead(**fields))
        return self.call(self.leads.CreateLead, request).lead

    def convert(self, lead, metadata=None, **fields):
        """A conversion, waited for."""
        fields = {"wait": WAIT, **fields}
        request = conversion_service_pb2.ConvertLeadRequest(lead_id=lead, **fields)
        return self.call(self.conversions.ConvertLead, request, **(metadata or {})).conversion

    def refused(self, call):
        """Code, ErrorInfo and the other details of a call that has to be refused."""
        try:
            call()
        except grpc.RpcError as error:
            trailers = dict(error.trailing_metadata())
            status = status_pb2.Status.FromString(trailers["grpc-status-details-bin"])
            assert status.code == error.code().value[0], "the code stands in both places"
            info, others = None, []
            for detail in status.details:
                if detail.Is(error_details_pb2.ErrorInfo.DESCRIPTOR):
                    info = error_details_pb2.ErrorInfo()
                    detail.Unpack(info)
                else:
                    others.append(detail)
            assert info is not None and info.domain == "opportune", status
            return error.code(), info, others
        raise AssertionError("the call was not refused")


def the_lead_comes_back_as_it_was_given(client):
    revenue = money_pb2.Money(currency_code="EUR", units=1250, nanos=500_000_000)
    given = dict(title="Ten chairs", contact_name="Łucja Nowak", email="łucja@nowak.example", expected_revenue=revenue)
    lead = client.create(**given)
    for name, value in given.items():
        assert getattr(lead, name) == value, name
    assert uuid.UUID(lead.id).version == 7
    assert lead.type == lead_pb2.LEAD_TYPE_LEAD and lead.status == lead_pb2.LEAD_STATUS_OPEN
    found = client.call(client.leads.GetLead, lead_service_pb2.GetLeadRequest(id=lead.id)).lead
    assert found == lead
    event = client.events.wait_for("opportune.lead.created.v1", lead.id)
    assert json_format.Parse(event["body"], events_pb2.LeadCreated()).lead == lead


def a_preview_changes_nothing_and_the_conversion_does_the_same(client):
    lead = client.create(title="Lamps", contact_name="Ann Lee", company_name="Lee Lamps B.V.", email="ann@lamps.example")
    preview = client.convert(lead.id, validate_only=True, wait=None)
    assert preview.id == "" and preview.state == conversion_pb2.CONVERSION_STATE_UNSPECIFIED
    assert preview.plan.customer.action == plan_pb2.CUSTOMER_ACTION_CREATE
    assert preview.plan.customer.new_person.name == "Ann Lee"
    assert preview.plan.resulting_type == lead_pb2.LEAD_TYPE_OPPORTUNITY
    found = client.call(client.leads.GetLead, lead_service_pb2.GetLeadRequest(id=lead.id)).lead
    assert found == lead, "nothing was changed"
    done = client.convert(lead.id, expected_plan_digest=preview.plan.digest)
    assert done.state == conversion_pb2.CONVERSION_STATE_SUCCEEDED, done
    assert done.plan.digest == preview.plan.digest
    assert len(done.result.created_customer_ids) == 2, "a company and a person"
    request = customer_service_pb2.GetCustomerRequest(id=done.result.customer_id)
    customer = client.call(client.customers.GetCustomer, request).customer
    assert customer.name == "Ann Lee" and customer.parent_id in done.result.created_customer_ids


def the_event_tells_everything_about_the_opportunity(client):
    lead = client.create(title="Tables", contact_name="Bo Berg", email="bo@berg.example", tags=["fair"], priority=2)
    done = client.convert(lead.id)
    event = client.events.wait_for("opportune.opportunity.created.v1", lead.id)
    headers = event["headers"]
    assert event["content_type"] == "application/json"
    assert event["key"] == f"opportunity.created.{client.tenant}"
    assert headers["cloudEvents_specversion"] == "1.0"
    assert headers["cloudEvents_source"] == f"/tenants/{client.tenant}"
    assert headers["cloudEvents_id"] in done.result.event_ids
    assert len(headers["cloudEvents_sequence"]) == 20
    assert headers["cloudEvents_time"] and headers["cloudEvents_partitionkey"]
    body = json_format.Parse(event["body"], events_pb2.OpportunityCreated())
    now = client.call(client.leads.GetLead, lead_service_pb2.GetLeadRequest(id=lead.id)).lead
    assert body.opportunity == now and now.type == lead_pb2.LEAD_TYPE_OPPORTUNITY
    assert body.customer.id == done.result.customer_id == now.customer_id
    assert (body.source_lead_id, body.conversion_id) == (lead.id, done.id)
    plain = json.loads(event["body"])
    assert plain["opportunity"]["priority"] == 2 and plain["opportunity"]["tags"] == ["fair"], "plain JSON is enough"


def the_numbers_of_calls_and_events_agree(client):
    names = [f"Person {number}" for number in range(5)]
    leads = [client.create(title=name, contact_name=name, email=f"{name.replace(' ', '')}@many.example") for name in names]
    done = [client.convert(lead.id, on_duplicates=conversion_pb2.DUPLICATE_POLICY_IGNORE) for lead in leads]
    created = {customer for conversion in done for customer in conversion.result.created_customer_ids}
    promised = {event for conversion in done for event in conversion.result.event_ids}
    for lead in leads:
        client.events.wait_for("opportune.opportunity.created.v1", lead.id)
    for customer in created:
        client.events.wait_for("opportune.customer.created.v1", customer)
    came = {event["headers"]["cloudEvents_id"] for event in client.events.seen}
    assert len(created) == 5 and promised <= came, promised - came


def the_callers_trace_reaches_the_event(client):
    lead = client.create(title="Traced", contact_name="Cy Cole", email="cy@cole.example")
    client.convert(lead.id, metadata={"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"})
    event = client.events.wait_for("opportune.opportunity.created.v1", lead.id)
    assert event["headers"]["cloudEvents_traceparent"].split("-")[1] == TRACE, event["headers"]
    assert event["headers"]["traceparent"].split("-")[1] == TRACE


def a_wrong_field_is_named_in_the_details(client):
    code, info, others = client.refused(lambda: client.create(title="x", country="nl", priority=7))
    assert code == grpc.StatusCode.INVALID_ARGUMENT and info.reason == "FIELD_INVALID"
    bad = error_details_pb2.BadRequest()
    assert others[0].Unpack(bad)
    assert {violation.field for violation in bad.field_violations} == {"lead.country", "lead.priority"}


def a_lead_that_was_converted_says_so(client):
    lead = client.create(title="Once", contact_name="Di Dorn", email="di@dorn.example")
    client.convert(lead.id)
    code, info, others = client.refused(lambda: client.convert(lead.id))
    assert code == grpc.StatusCode.FAILED_PRECONDITION and info.reason == "LEAD_ALREADY_CONVERTED"
    assert info.metadata["opportunity_id"] == lead.id
    failed = error_details_pb2.PreconditionFailure()
    assert others[0].Unpack(failed) and failed.violations[0].subject == lead.id
    code, info, _ = client.refused(lambda: client.convert(str(uuid.uuid4())))
    assert code == grpc.StatusCode.NOT_FOUND and info.reason == "LEAD_NOT_FOUND"


def the_same_request_id_is_the_same_conversion(client):
    lead = client.create(title="Twice", contact_name="Ed Eck", email="ed@eck.example")
    request_id = str(uuid.uuid4())
    first, second = (client.convert(lead.id, request_id=request_id) for _ in range(2))
    assert first == second
    code, info, _ = client.refused(lambda: client.convert(lead.id, request_id=request_id, force_assignment=True))
    assert code == grpc.StatusCode.INVALID_ARGUMENT and info.reason == "REQUEST_ID_REUSED"


def similar_leads_are_found_with_their_reasons(client):
    first, second = (client.create(title="Same", contact_name="Flo Fisk", email="flo@fisk.example") for _ in range(2))
    request = conversion_service_pb2.FindSimilarRequest(lead_id=first.id)
    found = client.call(client.conversions.FindSimilar, request)
    assert [match.lead.id for match in found.matches] == [second.id]
    match = found.matches[0]
    assert match.strength == similar_pb2.MATCH_STRENGTH_STRONG
    assert similar_pb2.MATCH_KEY_EMAIL in [reason.key for reason in match.reasons]


def a_stream_is_imported_and_a_conversion_is_watched(client):
    def messages():
        yield lead_service_pb2.ImportLeadsRequest(header=import_pb2.ImportHeader(request_id=str(uuid.uuid4())))
        for line, priority in ((1, 0), (2, 9), (3, 1)):
            lead = lead_pb2.Lead(title=f"Row {line}", external_id=f"row-{line}", priority=priority)
            yield lead_service_pb2.ImportLeadsRequest(row=import_pb2.ImportRow(line=line, lead=lead))

    answer = client.call(client.leads.ImportLeads, messages())
    assert (answer.created_count, answer.rejected_count) == (2, 1)
    assert [(reject.line, reject.field) for reject in answer.rejects] == [(2, "priority")]
    request = lead_service_pb2.ListLeadsRequest(filter=lead_pb2.LeadFilter(external_id="row-3"))
    lead = client.call(client.leads.ListLeads, request).leads[0]
    accepted = client.convert(lead.id, wait=None)
    request = conversion_service_pb2.WatchConversionRequest(id=accepted.id)
    states = [answer.conversion.state for answer in client.call(client.conversions.WatchConversion, request)]
    assert states[-1] == conversion_pb2.CONVERSION_STATE_SUCCEEDED, states


TESTS = [
    the_lead_comes_back_as_it_was_given,
    a_preview_changes_nothing_and_the_conversion_does_the_same,
    the_event_tells_everything_about_the_opportunity,
    the_numbers_of_calls_and_events_agree,
    the_callers_trace_reaches_the_event,
    a_wrong_field_is_named_in_the_details,
    a_lead_that_was_converted_says_so,
    the_same_request_id_is_the_same_conversion,
    similar_leads_are_found_with_their_reasons,
    a_stream_is_imported_and_a_conversion_is_watched,
]


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        endpoints = json.load(file)
    failed = 0
    for test in TESTS:
        name = test.__name__.replace("_", " ")
        try:
            test(Client(endpoints))
            print(f"  ok      {name}")
        except Exception:  # One that fails must not hide the others.
            failed += 1
            print(f"  FAILED  {name}")
            traceback.print_exc()
    print(f"{len(TESTS) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
