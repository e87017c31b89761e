"""How a call travels: JSON, form, multipart or query string, in requests and in webhook answers."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, ClientResponse, MultipartReader
from aiohttp.web import Request

from tests.fakes.methods import Upload


@dataclass(frozen=True, slots=True)
class Parcel:
    """Parameters as they came: JSON values, or a form's strings with files beside them."""

    params: Mapping[str, object] = field(default_factory=dict)
    uploads: Mapping[str, Upload] = field(default_factory=dict)
    form: bool = True
    problem: str | None = None


async def read_request(request: Request) -> Parcel:
    """Unpacks a request in any of the four encodings the Bot API takes."""
    query = dict(request.query)
    content_type = request.content_type if request.can_read_body else ""
    if content_type == "multipart/form-data":
        parcel = await _multipart(await request.multipart())
    else:
        parcel = _flat(content_type, await request.read(), request.charset)
    if not query:
        return parcel
    if not parcel.form:
        return Parcel(problem="parameters both in the query and in a JSON body")
    return Parcel({**query, **parcel.params}, parcel.uploads, problem=parcel.problem)


async def read_answer(response: ClientResponse) -> Parcel:
    """Unpacks a webhook's answer, which may carry a method to apply."""
    if response.content_type == "multipart/form-data":
        return await _multipart(MultipartReader(response.headers, response.content))
    body = await response.read()
    if response.content_type in {"application/json", "application/x-www-form-urlencoded"}:
        return _flat(response.content_type, body, "utf-8")
    return Parcel()


def _flat(content_type: str, body: bytes, charset: str | None) -> Parcel:
    if not body:
        return Parcel()
    if content_type == "application/json":
        try:
            params = json.loads(body)
        except ValueError:
            return Parcel(form=False, problem="a body that is not JSON")
        if not isinstance(params, dict):
            return Parcel(form=False, problem="a JSON body that is not an object")
        return Parcel(params, form=False)
    if content_type == "application/x-www-form-urlencoded":
        return _pairs(parse_qsl(body.decode(charset or "utf-8"), keep_blank_values=True, errors="strict"))
    return Parcel(problem=f"a body of content type {content_type!r}")


def _pairs(pairs: list[tuple[str, str]]) -> Parcel:
    params: dict[str, object] = {}
    for name, value in pairs:
        if name in params:
            return Parcel(problem=f"parameter {name!r} twice")
        params[name] = value
    return Parcel(params)


async def _multipart(reader: MultipartReader) -> Parcel:
    params: dict[str, object] = {}
    uploads: dict[str, Upload] = {}
    async for part in reader:
        if not isinstance(part, BodyPartReader) or not part.name:
            return Parcel(problem="a part without a name")
        if part.name in params or part.name in uploads:
            return Parcel(problem=f"parameter {part.name!r} twice")
        content = bytes(await part.read(decode=True))
        if part.filename is None:
            params[part.name] = content.decode()
        else:
            mime = part.headers.get("Content-Type", "application/octet-stream")
            uploads[part.name] = Upload(part.filename, content, mime)
    return Parcel(params, uploads)
