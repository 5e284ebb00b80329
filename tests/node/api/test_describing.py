"""The API's description is OpenAPI 3.1 and says what the table says; figures come from no server of their own."""

from dataclasses import dataclass
from typing import Annotated

from openapi_spec_validator import validate
from prometheus_client.parser import text_string_to_metric_families

from freehold.node.api.application import OPERATIONS, PREFIX
from freehold.node.api.describing import document
from freehold.protocol import shapes, topics
from freehold.protocol.kinds import BUILTIN
from freehold.protocol.schema import Items, Text


def test_the_description_is_valid_and_whole():
    found = document(OPERATIONS, PREFIX)
    validate(found)
    described = {(method.upper(), path) for path, methods in found["paths"].items() for method in methods}
    assert described == {(operation.method, PREFIX + operation.path) for operation in OPERATIONS}
    names = [operation["operationId"] for methods in found["paths"].values() for operation in methods.values()]
    assert len(names) == len(set(names))


def test_what_a_question_takes_is_described():
    found = document(OPERATIONS, PREFIX)
    search = found["paths"][f"{PREFIX}/offers/search"]["get"]["parameters"]
    assert {"q", "skill", "limit"} <= {parameter["name"] for parameter in search}
    offer = found["components"]["schemas"]["NewOffer"]
    assert offer["additionalProperties"] is False
    assert set(offer["required"]) == {"side", "title"}
    publish = found["paths"][f"{PREFIX}/offers"]["post"]
    assert publish["requestBody"]["required"]
    assert "Idempotency-Key" in [parameter["name"] for parameter in publish["parameters"]]
    secret = found["paths"][f"{PREFIX}/tokens"]["post"]["parameters"]
    assert secret == []


async def test_it_is_answered(counters):
    assert (await counters[0].get("/openapi.json"))["openapi"] == "3.1.0"
    assert (await counters[0].get("/health"))["healthy"] is True
    assert (await counters[0].get("/version"))["api"] == 1


async def test_figures_are_what_prometheus_reads(counters):
    answer = await counters[0].get("/metrics")
    found = {family.name: family.samples[0].value for family in text_string_to_metric_families(answer.decode())}
    assert found["freehold_events_listeners"] == 0
    assert found["freehold_core_parked"] == 0
    assert counters[0].last[1]["content-type"].startswith("text/plain")


async def test_kinds_are_told_with_the_fields_of_their_bodies(counters):
    found = {kind["name"]: kind for kind in (await counters[0].get("/kinds"))["kinds"]}
    assert set(found) == {kind.name for kind in BUILTIN}
    offer = found["offer/1"]
    assert {"name": "title", "holds": "text, 1 to 200 characters"} in offer["fields"]
    assert (offer["travels"], offer["topic"], found["proposal/1"]["topic"]) == ("public", topics.OFFERS, None)
    assert "Budget" in offer["maps"]


@dataclass(frozen=True)
class _Inner:
    word: Annotated[str, Text(5)]


@dataclass(frozen=True)
class _Poem:
    """Lines.

    More of them."""

    lines: Annotated[tuple[_Inner, ...], Items(3)]
    odd: Annotated[int, "not a constraint"]
    inner: _Inner | None = None


def test_maps_at_any_depth_and_strange_constraints_have_words():
    assert shapes.fields_of(_Poem) == [
        ("lines", "array of up to 3, each: map: _Inner"),
        ("odd", "what `str` allows"),
        ("inner", "map: _Inner; may be absent"),
    ]
    assert shapes.parts_of(_Poem) == [_Inner]
    assert shapes.said_of(_Poem) == "Lines."
