"""pysignalr, of PyPI, against the conformance server: WebSockets, both protocols."""

import asyncio
import logging
import unittest
from contextlib import asynccontextmanager, suppress
from urllib.request import urlopen

from pysignalr.client import ClientStream, SignalRClient
from pysignalr.messages import InvocationClientStreamMessage
from pysignalr.protocol.json import JSONProtocol
from pysignalr.protocol.messagepack import MessagepackProtocol

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
    """A `SignalRClient` whose callbacks are awaited."""

    def __init__(self, url, protocol, headers=None):
        self.raw = SignalRClient(url, protocol=protocol, headers=headers, retry_sleep=0.1)
        self.opened = asyncio.Queue()
        self.raw.on_open(lambda: self.opened.put(None))
        # The callback of the invocation hears of it, too.
        self.raw.on_error(lambda message: asyncio.sleep(0))

    def inbox(self, target):
        """A queue of the arguments that the server calls `target` with."""
        queue = asyncio.Queue()
        self.raw.on(target, queue.put)
        return queue

    async def invoke(self, method, *arguments):
        answer = asyncio.get_running_loop().create_future()

        async def completed(message):
            answer.set_result(message)

        await self.raw.send(method, list(arguments), on_invocation=completed)
        message = await soon(answer)
        if message.error:
            raise HubFailure(message.error)
        return message.result

    async def stream(self, method, *arguments):
        """The items of a stream, and its error if it ends with one."""
        items = []
        end = asyncio.get_running_loop().create_future()

        async def took(item):
            items.append(item)

        async def ended(message):
            end.set_result(message.error)

        await self.raw.stream(method, list(arguments), took, ended, ended)
        return items, await soon(end)

    async def upload(self, method, items):
        """The answer to a method that takes a stream."""
        answer = asyncio.get_running_loop().create_future()

        async def completed(message):
            answer.set_result(message)

        # Its own `client_stream` asks for no answer.
        stream = ClientStream(self.raw._transport, method)
        self.raw._invocation_handlers["upload"] = completed
        await stream.transport.send(
            InvocationClientStreamMessage(
                [stream.invocation_id], method, [], invocation_id="upload"
            )
        )
        for item in items:
            await stream.send(item)
        await stream.complete()
        message = await soon(answer)
        if message.error:
            raise HubFailure(message.error)
        return message.result


def soon(awaitable):
    return asyncio.wait_for(awaitable, LIMIT)


class Scenarios:
    """What works alike over both protocols."""

    protocol = None

    @classmethod
    def setUpClass(cls):
        cls.server = Conformance()

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    @asynccontextmanager
    async def connected(self, url=None, hub="testhub", headers=None):
        client = Client(f"{url or self.server.url}/{hub}", self.protocol(), headers)
        running = asyncio.create_task(client.raw.run())
        try:
            await soon(client.opened.get())
            yield client
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running

    async def test_invokes_and_gets_results(self):
        async with self.connected() as client:
            self.assertEqual(await client.invoke("Add", 1, 2), 3)
            self.assertIsNone(await client.invoke("Nothing"))
            value = {"text": "grüße 👋 <&>\n", "list": [1, None, True, 2.5], "empty": {}}
            self.assertEqual(await client.invoke("Echo", value), value)
            self.assertEqual(await client.invoke("GetActiveTransportName"), "WebSockets")

    async def test_gets_errors_with_the_texts_of_the_server(self):
        async with self.connected() as client:
            for method, arguments, text in [
                ("ThrowHubException", ["no"], UNEXPECTED.format("ThrowHubException", "HubException: no")),
                (
                    "ThrowException",
                    ["no"],
                    UNEXPECTED.format("ThrowException", "InvalidOperationException: no"),
                ),
                (
                    "Missing",
                    [],
                    "Failed to invoke 'Missing' due to an error on the server. "
                    "HubException: Method does not exist.",
                ),
                (
                    "Add",
                    [1],
                    "Failed to invoke 'Add' due to an error on the server. InvalidDataException: "
                    "Invocation provides 1 argument(s) but target expects 2.",
                ),
            ]:
                with self.subTest(method), self.assertRaises(HubFailure) as failed:
                    await client.invoke(method, *arguments)
                self.assertEqual(str(failed.exception), text)
            self.assertEqual(await client.invoke("Add", 1, 2), 3)

    async def test_sends_without_asking_for_an_answer(self):
        async with self.connected() as client:
            messages = client.inbox("Message")
            await client.raw.send("invokeWithString", ["sent"])
            self.assertEqual(await soon(messages.get()), ["sent"])

    async def test_reaches_all_others_one_and_a_group(self):
        async with self.connected() as one, self.connected() as two:
            inboxes = [client.inbox("Broadcasted") for client in (one, two)]
            groups = [client.inbox("GroupMessage") for client in (one, two)]
            await one.invoke("Broadcast", "all")
            await one.invoke("SendToOthers", "others")
            await two.invoke("SendToConnection", await one.invoke("GetCallerConnectionId"), "one")
            await one.invoke("JoinGroup", "both")
            await two.invoke("JoinGroup", "both")
            await one.invoke("SendToGroup", "both", "group")
            await one.invoke("SendToOthersInGroup", "both", "others in group")
            await two.invoke("LeaveGroup", "both")
            await one.invoke("SendToGroup", "both", "left")
            # What comes after all of it, in the order of each connection.
            for client in (one, two):
                await client.invoke("SendToConnection", await client.invoke("GetCallerConnectionId"), "end")

            async def all_of(inbox):
                seen = []
                while (arguments := await soon(inbox.get())) != ["end"]:
                    seen += arguments
                return seen

            self.assertEqual(await all_of(inboxes[0]), ["all", "one"])
            self.assertEqual(await all_of(inboxes[1]), ["all", "others"])
            seen = [[inbox.get_nowait() for _ in range(inbox.qsize())] for inbox in groups]
            self.assertEqual(seen, [[["group"], ["left"]], [["group"], ["others in group"]]])

    async def test_reaches_all_connections_of_a_user_and_nobody_else(self):
        def of(user):
            with urlopen(f"{self.server.url}/generateJwtToken?user={user}") as answer:
                token = answer.read().decode()
            return self.connected(hub="authorizedhub", headers={"Authorization": f"Bearer {token}"})

        async with of("ann") as one, of("ann") as two, of("bob") as other:
            inboxes = [client.inbox("UserMessage") for client in (one, two, other)]
            self.assertEqual(await one.invoke("GetUser"), "ann")
            await other.invoke("SendToUser", "ann", "for ann")
            await one.invoke("SendToUser", "bob", "for bob")
            self.assertEqual([await soon(inbox.get()) for inbox in inboxes], [["for ann"], ["for ann"], ["for bob"]])
            self.assertTrue(all(inbox.empty() for inbox in inboxes))

    async def test_takes_streams_to_their_end(self):
        async with self.connected() as client:
            self.assertEqual(await client.stream("Stream"), (["a", "b", "c"], None))
            self.assertEqual(await client.stream("EmptyStream"), ([], None))
            self.assertEqual(await client.stream("Counter", 300, 0), (list(range(300)), None))
            prefix = "An error occurred on the server while streaming results."
            self.assertEqual(
                await client.stream("CounterThenThrow", 2),
                ([0, 1], f"{prefix} HubException: stream broke"),
            )

    async def test_uploads_a_stream(self):
        async with self.connected() as client:
            self.assertEqual(await client.upload("UploadSum", range(100)), 4950)
            self.assertEqual(await client.upload("StreamingConcat", "abc"), "abc")

    async def test_answers_what_the_server_asks(self):
        async with self.connected() as client:

            async def double(arguments):
                return arguments[0] * 2

            async def fail(arguments):
                raise ValueError("from callback")

            client.raw.on("Double", double)
            client.raw.on("Fail", fail)
            self.assertEqual(await client.invoke("AskClient", "Double", 21), 42)
            for target, text in [
                ("Fail", "from callback"),
                ("Unknown", "Client didn't provide a result."),
            ]:
                with self.subTest(target), self.assertRaises(HubFailure) as failed:
                    await client.invoke("AskClient", target, 1)
                self.assertEqual(
                    str(failed.exception), UNEXPECTED.format("AskClient", f"HubException: {text}")
                )

    async def test_sends_and_gets_a_message_as_large_as_may_be(self):
        async with self.connected() as client:
            # Its JSON escapes all that is not ASCII.
            large = "x" * 32_600
            self.assertEqual(await client.invoke("Echo", large), large)

    async def test_comes_back_after_its_socket_was_cut(self):
        proxy = Proxy(self.server.port)
        self.addCleanup(proxy.stop)
        async with self.connected(proxy.url) as client:
            before = await client.invoke("GetCallerConnectionId")
            self.assertGreater(proxy.cut(), 0)
            await soon(client.opened.get())
            self.assertEqual(await client.invoke("Add", 1, 2), 3)
            self.assertNotEqual(await client.invoke("GetCallerConnectionId"), before)


class Json(Scenarios, unittest.IsolatedAsyncioTestCase):
    protocol = JSONProtocol


class MessagePack(Scenarios, unittest.IsolatedAsyncioTestCase):
    protocol = MessagepackProtocol
