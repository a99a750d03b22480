"""Runs wstest with its server on 127.0.0.1 instead of on every interface (CPython 2.7)."""
from twisted.internet import reactor

listen = reactor.listenTCP
reactor.listenTCP = lambda port, factory, backlog=50, interface="": listen(
    port, factory, backlog, interface or "127.0.0.1"
)

from autobahntestsuite.wstest import run  # noqa: E402, after the patch

run()
