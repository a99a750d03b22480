"""The built server's TLS, seen by OpenSSL through Python's ssl."""

import os
import re
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import tempfile
import unittest
import warnings
from pathlib import Path

BINARY = os.environ.get("REALTIME_SERVER_BIN")
LIMIT = 10

# Cipher suites by their numbers, so that they can be offered whatever OpenSSL was built with.
WEAK = {
    "NULL": [0x0000, 0x0001, 0x0002, 0x003B, 0xC006, 0xC010],
    "export": [0x0003, 0x0006, 0x0008, 0x0014],
    "anonymous": [0x0018, 0x0034, 0x006C, 0xC018],
    "RC4": [0x0004, 0x0005, 0xC007, 0xC011],
    "3DES": [0x000A, 0x0016, 0xC008, 0xC012],
    "CBC with SHA-1": [0x002F, 0x0035, 0x0033, 0x0039, 0xC009, 0xC00A, 0xC013, 0xC014],
    "CBC with SHA-2": [0x003C, 0x003D, 0x0067, 0x006B, 0xC023, 0xC024, 0xC027, 0xC028],
    "RSA key exchange": [0x009C, 0x009D],
}
SOUND = [0xC02B, 0xC02C, 0xCCA9]
HANDSHAKE_FAILURE = 40


class Authority:
    """An authority and a certificate that it has signed, for localhost and 127.0.0.1."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="tls-"))
        self.make("ca", "/CN=authority of a test", "-x509", "-addext", "keyUsage=keyCertSign")
        self.make("server", "/CN=localhost")
        names = self.folder / "names"
        names.write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
        self.openssl(
            *("x509", "-req", "-in", self.file("server.pem"), "-days", "2"),
            *("-CA", self.file("ca.pem"), "-CAkey", self.file("ca.key")),
            *("-extfile", names, "-out", self.file("chain.pem")),
        )

    def make(self, name, subject, *further):
        key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc")
        self.openssl(
            *("req", *key, "-subj", subject, "-keyout", self.file(f"{name}.key")),
            *("-out", self.file(f"{name}.pem"), *further),
        )

    def openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True, timeout=LIMIT)

    def file(self, name):
        return self.folder / name

    def remove(self):
        shutil.rmtree(self.folder)


class Server:
    """The built server, with TLS on a free port."""

    def __init__(self, authority):
        if not BINARY:
            raise RuntimeError("REALTIME_SERVER_BIN must name the built realtime-server")
        tls = ["--tls-cert", authority.file("chain.pem"), "--tls-key", authority.file("server.key")]
        listen = ["--listen", "127.0.0.1:0", "--listen-tls", "127.0.0.1:0"]
        self.process = subprocess.Popen(
            [BINARY, *listen, *tls, "--log-level", "off"], stdout=subprocess.PIPE, text=True
        )
        for line in self.process.stdout:
            if found := re.search(r"listening on https://127\.0\.0\.1:(\d+)", line):
                self.address = ("127.0.0.1", int(found[1]))
                return
        raise RuntimeError("the server does not listen")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.stdout.close()
        if (code := self.process.wait(LIMIT)) != 0:
            raise RuntimeError(f"the server ended with {code}")


class TlsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.authority = Authority()
        cls.addClassCleanup(cls.authority.remove)
        cls.server = Server(cls.authority)
        cls.addClassCleanup(cls.server.stop)

    def context(self, version=None, alpn=None):
        context = ssl.create_default_context(cafile=self.authority.file("ca.pem"))
        if version:
            # Old versions need a context that would take anything.
            context.set_ciphers("DEFAULT:@SECLEVEL=0")
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                context.minimum_version = version
                context.maximum_version = version
        if alpn:
            context.set_alpn_protocols(alpn)
        return context

    def tcp(self):
        connection = socket.create_connection(self.server.address, LIMIT)
        self.addCleanup(connection.close)
        return connection

    def greet(self, context=None, name="localhost", **options):
        context = context or self.context()
        secure = context.wrap_socket(
            self.tcp(), server_hostname=name, suppress_ragged_eofs=False, **options
        )
        self.addCleanup(secure.close)
        return secure

    def ask(self, secure):
        """The answer to a request that ends the connection; fails when the end is not told."""
        secure.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        answer = b""
        while piece := secure.recv(65536):
            answer += piece
        return answer

    def hello(self, suites, version=0x0303, compressions=b"\0"):
        """What a server answers to a ClientHello of TLS 1.2 or older."""
        suites = b"".join(struct.pack(">H", suite) for suite in suites)
        groups = b"\x00\x0a\x00\x04\x00\x02\x00\x17"
        points = b"\x00\x0b\x00\x02\x01\x00"
        signatures = b"\x00\x0d\x00\x08\x00\x06\x04\x03\x02\x03\x04\x01"
        extensions = groups + points + signatures
        body = struct.pack(">H", version) + os.urandom(32) + b"\0"
        body += struct.pack(">H", len(suites)) + suites
        body += bytes([len(compressions)]) + compressions
        body += struct.pack(">H", len(extensions)) + extensions
        message = b"\x01" + struct.pack(">I", len(body))[1:] + body
        connection = self.tcp()
        connection.sendall(b"\x16\x03\x01" + struct.pack(">H", len(message)) + message)
        answer = b""
        # Up to the end of the first record.
        while len(answer) < 5 or len(answer) < 5 + struct.unpack(">H", answer[3:5])[0]:
            piece = connection.recv(65536)
            self.assertTrue(piece, answer)
            answer += piece
        return answer

    def test_versions(self):
        for version, name in [
            (ssl.TLSVersion.TLSv1_2, "TLSv1.2"),
            (ssl.TLSVersion.TLSv1_3, "TLSv1.3"),
        ]:
            with self.subTest(name):
                secure = self.greet(self.context(version))
                self.assertEqual(secure.version(), name)
                self.assertTrue(self.ask(secure).startswith(b"HTTP/1.1 200 OK\r\n"))

    def test_old_versions_are_refused(self):
        for version in [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1]:
            with self.subTest(version), self.assertRaises(ssl.SSLError):
                self.greet(self.context(version))
        for version in [0x0300, 0x0301, 0x0302]:
            with self.subTest(hex(version)):
                # An alert, and none that only warns.
                answer = self.hello(SOUND, version)
                self.assertEqual((answer[0], answer[5]), (21, 2), answer)

    def test_weak_ciphers_are_refused(self):
        answer = self.hello(SOUND)
        self.assertEqual((answer[0], answer[5]), (22, 2), "a sound ClientHello is answered")
        for name, suites in WEAK.items():
            with self.subTest(name):
                answer = self.hello(suites)
                self.assertEqual(answer[0], 21, answer)
                self.assertEqual(tuple(answer[5:7]), (2, HANDSHAKE_FAILURE))

    def test_of_weak_and_sound_ciphers_a_sound_one_is_taken(self):
        weak = [suite for suites in WEAK.values() for suite in suites]
        # DEFLATE is offered, too (RFC 3749).
        answer = self.hello(weak + SOUND, compressions=b"\x01\x00")
        self.assertEqual((answer[0], answer[5]), (22, 2), answer)
        session = answer[43]
        suite, compression = struct.unpack(">HB", answer[44 + session : 47 + session])
        self.assertIn(suite, SOUND)
        self.assertEqual(compression, 0)

    def test_every_cipher_has_forward_secrecy(self):
        for version in [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]:
            secure = self.greet(self.context(version))
            suite, _, bits = secure.cipher()
            self.assertRegex(suite, r"^(ECDHE|TLS_)")
            self.assertRegex(suite, r"GCM|POLY1305")
            self.assertGreaterEqual(bits, 128)
            self.assertIsNone(secure.compression())

    def test_renegotiation_is_refused(self):
        host, port = self.server.address
        client = subprocess.run(
            [
                *("openssl", "s_client", "-connect", f"{host}:{port}", "-tls1_2"),
                *("-CAfile", self.authority.file("ca.pem"), "-servername", "localhost"),
            ],
            input="R\n",
            capture_output=True,
            text=True,
            timeout=LIMIT,
        )
        self.assertIn("Secure Renegotiation IS supported", client.stdout)
        self.assertIn("RENEGOTIATING", client.stdout + client.stderr)
        self.assertIn("no renegotiation", client.stderr)

    def test_protocols(self):
        for offered, agreed in [
            (["http/1.1"], "http/1.1"),
            (["h2"], "h2"),
            (["http/1.1", "h2"], "h2"),
            (None, None),
        ]:
            with self.subTest(offered):
                secure = self.greet(self.context(alpn=offered))
                self.assertEqual(secure.selected_alpn_protocol(), agreed)
                if agreed != "h2":
                    self.assertTrue(self.ask(secure).startswith(b"HTTP/1.1 200 OK\r\n"))
                else:
                    secure.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4] + [0] * 5))
                    # The server's preface: a SETTINGS frame.
                    self.assertEqual(secure.recv(9)[3], 4)
        with self.assertRaisesRegex(ssl.SSLError, "(?i)no.application.protocol"):
            self.greet(self.context(alpn=["spdy/3"]))

    def test_names(self):
        for name in ["localhost", "127.0.0.1"]:
            with self.subTest(name):
                self.assertIn(b" 200 OK", self.ask(self.greet(name=name)))
        context = self.context()
        context.check_hostname = False
        for name in [None, "elsewhere.example"]:
            with self.subTest(name):
                self.assertIn(b" 200 OK", self.ask(self.greet(context, name)))

    def test_who_trusts_somebody_else_or_asks_for_another_host_leaves(self):
        with self.assertRaisesRegex(ssl.SSLCertVerificationError, "Hostname mismatch"):
            self.greet(name="elsewhere.example")
        with self.assertRaisesRegex(ssl.SSLCertVerificationError, "unable to get local issuer"):
            self.greet(ssl.create_default_context())
        self.assertIn(b" 200 OK", self.ask(self.greet()))

    def test_the_end_is_told(self):
        for version in [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]:
            secure = self.greet(self.context(version))
            # An end without a closure alert would raise.
            self.ask(secure)
            # It is answered, and the socket below ends as well.
            self.assertEqual(secure.unwrap().recv(1), b"")

    def test_clear_text_is_answered_in_clear_text(self):
        connection = self.tcp()
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
        self.assertTrue(answer.startswith(b"HTTP/1.1 400 "), answer)

    def test_sessions_are_resumed(self):
        for version in [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]:
            with self.subTest(version):
                context = self.context(version)
                first = self.greet(context)
                self.assertFalse(first.session_reused)
                # The ticket of TLS 1.3 comes after the handshake.
                self.ask(first)
                again = self.greet(context, session=first.session)
                self.assertTrue(again.session_reused)
                self.assertIn(b" 200 OK", self.ask(again))


if __name__ == "__main__":
    unittest.main()
