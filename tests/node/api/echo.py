"""An application that answers with what it was asked."""

import json

import trio

from freehold.node.api.http import AFTERWARDS

GET = b"GET /x HTTP/1.1\r\nHost: node\r\n\r\n"


class Echo:
    """Answers with what it was asked; `answer` is the body instead, `trouble` is raised instead."""

    def __init__(self):
        self.answer = None
        self.trouble = None
        self.asked = []
        self.done = []
        self.answered = trio.Event()

    async def __call__(self, scope, receive, send):
        body = (await receive())["body"]
        self.asked.append((scope["method"], scope["path"], len(body)))
        scope[AFTERWARDS] = [lambda: self.done.append(scope["path"]), self.answered.set]
        if self.trouble is not None:
            raise self.trouble
        answer = self.answer or json.dumps({"path": scope["path"], "bytes": len(body)}).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": answer})
