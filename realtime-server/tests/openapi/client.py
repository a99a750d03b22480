"""Uses the demo through the client that openapi-python-client made of its document."""

import sys

from realtime_demo_client import Client
from realtime_demo_client.api.messages import send_log
from realtime_demo_client.api.operations import get_operation, start_operation, stop_operation
from realtime_demo_client.api.streams import broadcast
from realtime_demo_client.models import (
    BroadcastMessage,
    OperationRetrieved,
    OperationStarted,
    OperationState,
    OperationStopped,
    Problem,
    SendLogLevel,
    Sent,
)


def use_demo(url: str) -> None:
    with Client(base_url=url, raise_on_unexpected_status=True) as client:
        sent = broadcast.sync(client=client, body=BroadcastMessage(event="message", data={"text": "hello"}))
        assert sent == Sent(ok=True, event="message", connected=0), sent

        started = start_operation.sync(client=client, seconds=60)
        assert isinstance(started, OperationStarted), started
        running = get_operation.sync(started.task_id, client=client)
        assert isinstance(running, OperationRetrieved), running
        assert running.state in (OperationState.NOTSTARTED, OperationState.RUNNING), running
        stopped = stop_operation.sync(started.task_id, client=client)
        assert isinstance(stopped, OperationStopped) and stopped.success, stopped

        missing = get_operation.sync("nobody", client=client)
        assert isinstance(missing, Problem) and missing.status == 404, missing

        text = send_log.sync(SendLogLevel.WARNING, client=client)
        assert text == "Broadcasted Warning log message from PowerShell", text


use_demo(sys.argv[1])
