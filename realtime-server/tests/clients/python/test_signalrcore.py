"""signalrcore, of PyPI, against the conformance server: every transport, and both protocols."""

import logging
import queue
import threading
import unittest
import uuid

from signalrcore.hub.handlers import InvocationHandler, StreamHandler
from signalrcore.hub_connection_builder import HubConnectionBuilder
from signalrcore.messages.invocation_message import InvocationClientStreamMessage
from signalrcore.messages.stream_invocation_message import StreamInvocationMessage
from signalrcore.subject import Subject
from signalrcore.types import HttpTransportType, HubProtocolEncoding

from conformance import Conformance
from proxy import Proxy

LIMIT = 30
UNEXPECTED = "An unexpected error occurred invoking '{}' on the server. {}"


def setUpModule():
    # Errors that a test asks for are no news.
    logging.disable(logging.CRITICAL)


class HubFailure(Exception):
    """What the server answered instead of a result."""


class Client:
    """A connection whose callbacks are waited for."""

    def __init__(self, url, transport, protocol, reconnect=False):
        builder = HubConnectionBuilder().with_url(
            f"{url}/testhub", options={"transport": transport}
        )
        builder.with_hub_protocol(protocol)
        if reconnect:
            builder.with_automatic_reconnect(
                {"type": "raw", "keep_alive_interval": 10, "reconnect_interval": 0.1}
            )
        self.raw = builder.build()
        self.opened, self.closed, self.returned = (threading.Event() for _ in range(3))
        self.raw.on_open(self.opened.set)
        self.raw.on_close(self.closed.set)
        self.raw.on_reconnect(self.returned.set)
        self._failures = queue.Queue()
        self.raw.on_error(self._failures.put)
        self.raw.start()
        if not self.opened.wait(LIMIT):
            raise TimeoutError("the connection did not open")

    def stop(self):
        self.raw.stop()

    def inbox(self, target):
        """A queue of the arguments that the server calls `target` with."""
        arguments = queue.Queue()
        self.raw.on(target, arguments.put)
        return arguments

    def invoke(self, method, *arguments):
        answers = queue.Queue()
        # An error comes to the one callback for errors, whatever it is about.
        self.raw.on_error(answers.put)
        self.raw.invoke(method, list(arguments), answers.put)
        return result(answers)

    def stream(self, method, *arguments):
        """The items of a stream, and its error if it ends with one."""
        items, end, id = [], queue.Queue(), str(uuid.uuid4())
        self.raw.on_error(end.put)
        # Its own `stream` asks first and then lets its caller subscribe, who misses what is fast.
        handler = StreamHandler(method, id)
        handler.subscribe({"next": items.append, "complete": end.put, "error": end.put})
        self.raw.stream_handlers[id].append(handler)
        self.raw.transport.send(StreamInvocationMessage(id, method, list(arguments), headers={}))
        return items, end.get(timeout=LIMIT).error

    def upload(self, method, items):
        """The answer to a method that takes a stream."""
        answers, subject, id = queue.Queue(), Subject(), str(uuid.uuid4())
        self.raw.on_error(answers.put)
        self.raw.stream_handlers[id].append(InvocationHandler(id, answers.put))

        # Its own `start` asks for no answer.
        def start():
            message = InvocationClientStreamMessage([subject.invocation_id], method, [])
            message.invocation_id = id
            self.raw.transport.send(message)

        subject.start = start
        self.raw.invoke(method, subject)
        for item in items:
            subject.next(item)
        subject.complete()
        return result(answers)


def result(answers):
    message = answers.get(timeout=LIMIT)
    if message.error:
        raise HubFailure(message.error)
    return message.result


class Scenarios:
    """What works alike over all transports and protocols."""

    transport = None
    protocol = HubProtocolEncoding.text

    @classmethod
    def setUpClass(cls):
        # This client can only stop when something arrives, a ping for example.
        cls.server = Conformance("--keep-alive-ms", "200")

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def connect(self, url=None, reconnect=False):
        client = Client(url or self.server.url, self.transport, self.protocol, reconnect)
        self.addCleanup(client.stop)
        return client

    def test_invokes_and_gets_results(self):
        client = self.connect()
        self.assertEqual(client.invoke("Add", 1, 2), 3)
        self.assertIsNone(client.invoke("Nothing"))
        value = {"text": "grüße 👋 <&>", "list": [1, None, True, 2.5], "empty": {}}
        self.assertEqual(client.invoke("Echo", value), value)
        self.assertEqual(client.invoke("GetActiveTransportName"), self.transport.value)

    def test_gets_errors_with_the_texts_of_the_server(self):
        client = self.connect()
        for method, arguments, text in [
            ("ThrowHubException", ["no"], UNEXPECTED.format("ThrowHubException", "HubException: no")),
            (
                "Missing",
                [],
                "Failed to invoke 'Missing' due to an error on the server. "
                "HubException: Method does not exist.",
            ),
        ]:
            with self.subTest(method), self.assertRaises(HubFailure) as failed:
                client.invoke(method, *arguments)
            self.assertEqual(str(failed.exception), text)
        self.assertEqual(client.invoke("Add", 1, 2), 3)

    def test_reaches_the_others_in_a_group(self):
        one, two = self.connect(), self.connect()
        inboxes = [client.inbox("GroupMessage") for client in (one, two)]
        for client in (one, two):
            client.invoke("JoinGroup", "others")
        one.invoke("SendToOthersInGroup", "others", {"hello": "group"})
        self.assertEqual(inboxes[1].get(timeout=LIMIT), [{"hello": "group"}])
        self.assertTrue(inboxes[0].empty())

    def test_sends_and_gets_a_message_as_large_as_may_be(self):
        client = self.connect()
        large = "x" * 32_600
        self.assertEqual(client.invoke("Echo", large), large)

    def test_stops(self):
        client, other = self.connect(), self.connect()
        id = client.invoke("GetCallerConnectionId")
        client.stop()
        self.assertTrue(client.closed.wait(LIMIT))
        # Whom nobody can reach any more: this one still gets its answer, and nobody the message.
        self.assertIsNone(other.invoke("SendToConnection", id, "anybody there?"))


class Streams(Scenarios):
    """What needs a client that takes several messages of one poll."""

    def test_takes_streams_to_their_end(self):
        client = self.connect()
        self.assertEqual(client.stream("Stream"), (["a", "b", "c"], None))
        self.assertEqual(client.stream("EmptyStream"), ([], None))
        self.assertEqual(client.stream("Counter", 200, 0), (list(range(200)), None))
        prefix = "An error occurred on the server while streaming results."
        self.assertEqual(
            client.stream("CounterThenThrow", 2), ([0, 1], f"{prefix} HubException: stream broke")
        )


class Uploads(Scenarios):
    """What this client cannot write as MessagePack."""

    def test_uploads_a_stream(self):
        self.assertEqual(self.connect().upload("StreamingConcat", "abc"), "abc")


class WebSockets(Streams, Uploads, unittest.TestCase):
    transport = HttpTransportType.web_sockets

    def test_comes_back_after_its_socket_was_cut(self):
        proxy = Proxy(self.server.port)
        self.addCleanup(proxy.stop)
        client = self.connect(proxy.url, reconnect=True)
        before = client.invoke("GetCallerConnectionId")
        self.assertGreater(proxy.cut(), 0)
        self.assertTrue(client.returned.wait(LIMIT))
        self.assertEqual(client.invoke("Add", 1, 2), 3)
        self.assertNotEqual(client.invoke("GetCallerConnectionId"), before)


class MessagePack(Streams, unittest.TestCase):
    transport = HttpTransportType.web_sockets
    protocol = HubProtocolEncoding.binary


class ServerSentEvents(Streams, Uploads, unittest.TestCase):
    transport = HttpTransportType.server_sent_events


class LongPolling(Uploads, unittest.TestCase):
    transport = HttpTransportType.long_polling
