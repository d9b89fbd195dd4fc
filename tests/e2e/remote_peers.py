"""Servers on the loopback for tests of network outputs: syslog over TCP and TLS, HTTP and HTTPS; certificates for them."""
import http.server
import socket
import ssl
import subprocess
import threading


class Certificates:
    """A CA and what it has signed, made by openssl in a folder."""

    def __init__(self, folder, name='ca'):
        self.folder, self.name = folder, name
        self.ca = folder / f'{name}.pem'
        self._openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', f'/CN=test {name}',
                      '-keyout', folder / f'{name}.key', '-out', self.ca)
        self.ca.chmod(0o644)

    @staticmethod
    def _openssl(*words):
        subprocess.run(['openssl', *map(str, words)], check=True, capture_output=True, timeout=60)

    def server_context(self, names):
        """names: 'DNS:localhost,IP:127.0.0.1'."""
        stem = self.folder / f'{self.name}-server'
        request, extensions, signed = stem.with_suffix('.csr'), stem.with_suffix('.ext'), stem.with_suffix('.crt')
        extensions.write_text(f'subjectAltName={names}\n')
        self._openssl('req', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=server', '-keyout', stem.with_suffix('.key'),
                      '-out', request)
        self._openssl('x509', '-req', '-in', request, '-CA', self.ca, '-CAkey', self.folder / f'{self.name}.key',
                      '-CAcreateserial', '-days', '2', '-extfile', extensions, '-out', signed)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(signed, stem.with_suffix('.key'))
        return context


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def split_frames(data):
    """Whole messages of RFC 6587's octet counting; raises where that is not what the bytes are."""
    messages = []
    while b' ' in data:
        length, _, rest = data.partition(b' ')
        if not length.isdigit() or length.startswith(b'0'):
            raise ValueError(f'no octet count: {length[:20]!r}')
        if len(rest) < int(length):
            break
        messages.append(rest[:int(length)])
        data = rest[int(length):]
    return messages


class SyslogServer:
    """Keeps what each connection sent. `dies_after`: closes all and stops listening once it has that many messages."""

    def __init__(self, port=0, context=None, dies_after=None):
        self.connections, self.sockets = [], []
        self.context, self.dies_after = context, dies_after
        self.died = threading.Event()
        self.listener = socket.create_server(('127.0.0.1', port))
        self.port = self.listener.getsockname()[1]
        self.threads = [threading.Thread(target=self._accept, daemon=True)]
        self.threads[0].start()

    def _accept(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._read, args=(peer,), daemon=True)
            self.threads.append(thread)
            thread.start()

    def _read(self, peer):
        received = bytearray()
        self.connections.append(received)
        self.sockets.append(peer)
        try:
            if self.context:
                peer = self.context.wrap_socket(peer, server_side=True)
            while chunk := peer.recv(65536):
                received += chunk
                if self.dies_after and len(self.messages()) >= self.dies_after:
                    self.close()
                    self.died.set()
                    return
        except OSError:
            pass
        finally:
            peer.close()

    def messages(self):
        return [message for received in list(self.connections) for message in split_frames(bytes(received))]

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for peer in self.sockets:
            peer.close()

    def finish(self):
        """All that was sent, once every connection has ended."""
        for thread in self.threads[1:]:
            thread.join(60)
        self.close()
        return self.messages()


class HttpServer:
    """Answers the statuses of `script` in turn, (status, headers) each, then 204; keeps every request."""

    def __init__(self, port=0, context=None, script=()):
        outer = self
        self.requests = []  # (path, headers, body, status)
        self.script = list(script)

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def do_POST(self):  # pylint: disable=invalid-name
                body = self.rfile.read(int(self.headers['Content-Length']))
                status, headers = outer.script.pop(0) if outer.script else (204, {})
                outer.requests.append((self.path, dict(self.headers), body, status))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if status != 204:
                    self.send_header('Content-Length', '4')
                self.end_headers()
                if status != 204:
                    self.wfile.write(b'text')

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', port), Handler)
        if context:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def accepted(self):
        return [body for _, _, body, status in self.requests if status // 100 == 2]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class SilentServer:
    """Accepts connections, and never says a word nor reads one."""

    def __init__(self):
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        self.peers = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                self.peers.append(self.listener.accept()[0])
            except OSError:
                return

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for peer in self.peers:
            peer.close()
