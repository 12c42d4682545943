"""Calls AWS with its own client for Python, for services whose client this project does not depend on. Reads a list of
[service, operation, parameters] and writes a list of {"answer": …} or {"error": code, "message": …}, one for each."""

import json
import sys

import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

session = botocore.session.get_session()
settings = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})


def told(service, operation, parameters):
    client = session.create_client(service, config=settings)
    try:
        answer = getattr(client, operation)(**parameters)
        answer.pop("Body", None)
        return {"answer": answer}
    except ClientError as refusal:
        return {"error": refusal.response["Error"]["Code"], "message": refusal.response["Error"]["Message"]}


json.dump([told(*call) for call in json.load(sys.stdin)], sys.stdout, default=str)
