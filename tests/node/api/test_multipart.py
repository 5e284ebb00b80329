"""Forms with files, taken apart as they come: however they are cut, they say the same; what is no form is refused."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, strategies as st

from freehold.node.api import multipart
from freehold.node.api.multipart import HEADER_BYTES, PARTS, BadForm, Begin, Data, Parser, boundary_of
from tests.protocol.planted import Bug

BOUNDARY = b"--XX"
Part = tuple[str, str | None, bytes]
CONTENT = st.one_of(
    st.binary(max_size=60),
    st.lists(st.sampled_from([b"\r", b"\n", b"-", b"--", b"----XX", b"\r\n--", b"\r\n----X", b"a"])).map(b"".join),
).filter(lambda data: b"\r\n--" + BOUNDARY not in b"\r\n" + data + b"\r\n")
FORMS = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([None, "", "x.txt"]), CONTENT), max_size=4)
CUTS = st.lists(st.integers(0, 400), max_size=8)


def written(parts: list[Part]) -> bytes:
    found = b""
    for name, filename, data in parts:
        file = "" if filename is None else f'; filename="{filename}"\r\nContent-Type: text/plain'
        head = f'Content-Disposition: form-data; name="{name}"{file}'
        found += b"--" + BOUNDARY + b"\r\n" + head.encode() + b"\r\n\r\n" + data + b"\r\n"
    return found + b"--" + BOUNDARY + b"--\r\n"


def read(form: bytes, cuts: list[int]) -> list[Part]:
    parser, found = Parser(BOUNDARY), list[list[Any]]()
    places = [0, *sorted(cut for cut in cuts if cut < len(form)), len(form)]
    for start, end in pairwise(places):
        for event in parser.feed(form[start:end]):
            if isinstance(event, Begin):
                found.append([event.name, event.filename, b""])
            elif isinstance(event, Data):
                found[-1][2] += event.data
    assert parser.over
    return [(name, filename, data) for name, filename, data in found]


def comes_back(parts: list[Part], cuts: list[int]) -> None:
    assert read(written(parts), cuts) == parts


@given(FORMS, CUTS)
def test_what_is_written_is_read_however_it_is_cut(parts: list[Part], cuts: list[int]) -> None:
    comes_back(parts, cuts)
    comes_back(parts, list(range(400)))


class _Hasty(Parser):
    def feed(self, data: bytes) -> list[multipart.Event]:
        self._delimiter = self._delimiter[:-1]
        return super().feed(data)


@pytest.mark.parametrize("bug", [Bug(multipart, "Parser", _Hasty)], ids=str)
def test_it_would_be_noticed(bug: Bug) -> None:
    def holds(parts: list[Part], cuts: list[int]) -> None:
        found = multipart.Parser(BOUNDARY)
        events = [event for piece in (written(parts)[:40], written(parts)[40:]) for event in found.feed(piece)]
        assert b"".join(e.data for e in events if isinstance(e, Data)) == b"".join(data for _, _, data in parts)
        del cuts

    bug.must_be_caught(holds, FORMS, CUTS, told_by=(AssertionError, BadForm))


HEAD = b'----XX\r\nContent-Disposition: form-data; name="a"\r\n\r\n'


@pytest.mark.parametrize(
    "form",
    [
        b"preamble\r\n" + written([]), b"----XY\r\n", HEAD.replace(b"XX\r\n", b"XX "), HEAD.replace(b'; name="a"', b""),
        HEAD.replace(b'name="a"', b'name=""'), HEAD.replace(b'name="a"', b'name="a"; name="b"'),
        HEAD.replace(b"form-data", b"attachment"), HEAD.replace(b'name="a"', b"name*=utf-8''a"), b"----XX\r\n\r\n\r\n",
        b"----XX\r\nContent-Disposition: form-data; name=\"" + b"a" * HEADER_BYTES, (HEAD + b"\r\n") * (PARTS + 1),
        HEAD.replace(b"\r\n\r\n", b'\r\nContent-Disposition: form-data; name="b"\r\n\r\n'),
    ],
)  # fmt: skip
def test_what_is_no_form_is_refused(form: bytes) -> None:
    with pytest.raises(BadForm):
        Parser(BOUNDARY).feed(form)


def test_little_is_held_whatever_comes() -> None:
    parser = Parser(BOUNDARY)
    parser.feed(HEAD)
    for _ in range(100):
        (event,) = parser.feed(bytes(65_536))
        assert isinstance(event, Data)
    assert len(parser._held) < 20


def test_names_are_read_as_browsers_write_them() -> None:
    (event,) = Parser(BOUNDARY).feed(
        '----XX\r\nContent-Disposition: form-data; name="f"; filename="ü%22%0D%0A\\x.txt"\r\n\r\n'.encode()
    )
    assert event == Begin("f", 'ü"\r\n\\x.txt')


@pytest.mark.parametrize(
    ("content_type", "boundary"),
    [
        ("multipart/form-data; boundary=----WebKitFormBoundaryAb1", b"----WebKitFormBoundaryAb1"),
        ('Multipart/Form-Data; boundary="a b"', b"a b"), ("multipart/form-data", None),
        ("multipart/form-data; boundary=", None), ("multipart/mixed; boundary=a", None),
        ("multipart/form-data; boundary=" + "a" * 71, None), ('multipart/form-data; boundary="a "', None),
        ("multipart/form-data; boundary=a\u00fc", None),
    ],
)  # fmt: skip
def test_the_boundary(content_type: str, boundary: bytes | None) -> None:
    if boundary is not None:
        assert boundary_of(content_type) == boundary
        return
    with pytest.raises(BadForm):
        boundary_of(content_type)
