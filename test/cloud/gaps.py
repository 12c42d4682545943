"""MiniStack 1.5.33 as this product needs it: what its REST API and its IAM leave out is filled in, questions go to
an Athena that is a real Trino, and calls fail when a test says so. Run in place of `ministack`.

MILLIMETRIC_ATHENA  address of the Athena that answers questions (test/cloud/athena.ts)
MILLIMETRIC_FAULTS  a JSON file, read at each call: {"a-stream": "ServiceUnavailableException"} fails all calls to that stream
"""

import asyncio
import contextvars
import json
import os
import re
import urllib.error
import urllib.request
from dataclasses import dataclass, field

import duckdb
from ministack import app
from ministack.core import iam_actions
from ministack.core.responses import error_response_json
from ministack.services import apigateway_v1 as gateway
from ministack.services import athena, firehose


@dataclass
class Request:
    """What a request to the gateway is about, and what its authorizer said of it."""

    known: dict
    verdict: dict = field(default_factory=dict)


here = contextvars.ContextVar("request", default=None)


# Identity sources of the form context.* are taken for absent, so that every request is a 401.
def with_request(authorize):
    async def authorized(api, stage, method_of, method, path, resource, *others, **named):
        known = {"resourcePath": resource["path"], "httpMethod": method, "stage": stage}
        token = here.set(Request(known))
        try:
            return await authorize(api, stage, method_of, method, path, resource, *others, **named)
        finally:
            here.reset(token)

    return authorized


def with_context(identity_sources):
    def values_of(sources, headers, query, stage):
        values = []
        for source in filter(None, (each.strip() for each in (sources or "").split(","))):
            kind, _, name = source.partition(".")
            if kind == "context":
                values.append(here.get().known.get(name, ""))
            else:
                values.extend(identity_sources(source, headers, query, stage)[1])
        return all(values), values

    return values_of


# $context.authorizer.* stays as it is written in gateway responses. What the authorizer said is known where its
# answer is read, or where a policy that was kept is looked at again.
def remembering(stringify):
    def stringified(context):
        said = stringify(context)
        if here.get() is not None:
            here.get().verdict = said
        return said

    return stringified


def recalling(evaluate):
    def evaluated(policy, arn):
        request = here.get()
        if request is not None and not request.verdict:
            kept = (said for _, its, said in gateway._authorizer_cache.values() if its is policy)
            request.verdict = next(kept, {})
        return evaluate(policy, arn)

    return evaluated


def carrying(refuse):
    def refused(explicit):
        error = refuse(explicit)
        error.verdict = here.get().verdict if here.get() is not None else {}
        return error

    return refused


def filling(render):
    def rendered(error, request):
        status, headers, body = render(error, request)
        said = getattr(error, "verdict", {})
        return status, headers, re.sub(rb"\$context\.authorizer\.(\w+)", lambda name: str(said.get(name[1].decode(), "")).encode(), body)

    return rendered


# IAM looks for the workgroup in the call, where only the first call about a question has it.
workgroups = {}


def naming_workgroups(resource_of):
    def named(service, method, path, headers, body, *others):
        if service == "athena":
            asked = json.loads(body or b"{}")
            if asked.get("QueryExecutionId") in workgroups:
                body = json.dumps({"WorkGroup": workgroups[asked["QueryExecutionId"]]}).encode()
        return resource_of(service, method, path, headers, body, *others)

    return named


# Questions are Trino’s, after IAM has let them.
questions = {"StartQueryExecution", "GetQueryExecution", "GetQueryResults", "StopQueryExecution"}


def passed_on(headers, body):
    onward = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": headers["x-amz-target"]}
    try:
        with urllib.request.urlopen(urllib.request.Request(os.environ["MILLIMETRIC_ATHENA"], body, onward)) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as refusal:
        return refusal.code, dict(refusal.headers), refusal.read()


def asking_trino(handle):
    async def handled(method, path, headers, body, query):
        action = headers.get("x-amz-target", "").rpartition(".")[2]
        if action not in questions or "MILLIMETRIC_ATHENA" not in os.environ:
            return await handle(method, path, headers, body, query)
        asked = json.loads(body or b"{}")
        workgroup = asked.get("WorkGroup", "primary")
        if action == "StartQueryExecution" and workgroup not in athena._workgroups:
            return error_response_json("InvalidRequestException", f"WorkGroup {workgroup} is not found.", 400)
        status, answered, said = await asyncio.to_thread(passed_on, headers, body)
        if action == "StartQueryExecution" and status == 200:
            workgroups[json.loads(said)["QueryExecutionId"]] = workgroup
        return status, {"Content-Type": answered["Content-Type"]}, said

    return handled


def failing_on_order(handle):
    async def handled(method, path, headers, body, query):
        try:
            with open(os.environ["MILLIMETRIC_FAULTS"], encoding="utf-8") as orders:
                code = json.load(orders).get(json.loads(body or b"{}").get("DeliveryStreamName"))
        except (KeyError, FileNotFoundError):
            code = None
        if code is not None:
            return error_response_json(code, "Out of order, as a test wished.", 503)
        return await handle(method, path, headers, body, query)

    return handled


# Firehose makes Parquet with DuckDB, row by row: a thousand events took longer than a client of ours waits.
class Bulk:
    def __init__(self, connection):
        self.connection = connection

    def __getattr__(self, name):
        return getattr(self.connection, name)

    def executemany(self, statement, rows):
        into = statement.partition(" VALUES ")[0]
        cells = ", ".join(f"json_extract_string(r, '$[{place}]')" for place in range(len(rows[0])))
        self.connection.execute(f"{into} SELECT {cells} FROM (SELECT unnest(from_json(?, '[\"json\"]')) AS r)", [json.dumps(rows)])


connect = duckdb.connect
duckdb.connect = lambda *given, **named: Bulk(connect(*given, **named))

# A name that is gone raises here: another version moved it.
gateway._authorize_request_v1 = with_request(gateway._authorize_request_v1)
gateway._request_identity_sources = with_context(gateway._request_identity_sources)
gateway._stringify_context = remembering(gateway._stringify_context)
gateway._evaluate_policy = recalling(gateway._evaluate_policy)
gateway._deny_error = carrying(gateway._deny_error)
gateway._gateway_error_response = filling(gateway._gateway_error_response)
iam_actions.extract_resource_arn = naming_workgroups(iam_actions.extract_resource_arn)
athena.handle_request = asking_trino(athena.handle_request)
firehose.handle_request = failing_on_order(firehose.handle_request)
# It takes port 443 too where it is free, for clients of a service that is not used here.
app._port_is_bindable = lambda host, port: False

if __name__ == "__main__":
    app.main()
