"""The built example `conformance`, in a process of its own."""

import os
import re
import signal
import subprocess
from pathlib import Path

BINARY = os.environ.get("REALTIME_SERVER_BIN")


class Conformance:
    """Listens on a free port until it is stopped."""

    def __init__(self, *flags):
        if not BINARY:
            raise RuntimeError("REALTIME_SERVER_BIN must name the built realtime-server")
        program = Path(BINARY).parent / "examples" / "conformance"
        self.process = subprocess.Popen(
            [program, "--listen", "127.0.0.1:0", *flags],
            stdout=subprocess.PIPE,
            text=True,
        )
        banner = self.process.stdout.readline()
        self.port = int(re.search(r"listening on http://127\.0\.0\.1:(\d+)", banner)[1])
        self.url = f"http://127.0.0.1:{self.port}"

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(10)
        self.process.stdout.close()
        if code != 0:
            raise RuntimeError(f"the server ended with {code}")
