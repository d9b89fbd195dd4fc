#!/usr/bin/python3
"""An FTP server (pyftpdlib) with a greeting, a delay after a failed login and a number of tries of one's own."""
import argparse

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import FTPServer


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address")
    parser.add_argument("port", type=int)
    parser.add_argument("folder")
    parser.add_argument("--account", action="append", default=[], help="user:password")
    parser.add_argument("--greeting", default="ready")
    parser.add_argument("--delay", type=float, default=1.0, help="seconds after a failed login")
    parser.add_argument("--tries", type=int, default=3)
    options = parser.parse_args()
    authorizer = DummyAuthorizer()
    for account in options.account:
        authorizer.add_user(*account.split(":", 1), options.folder, perm="elradfmw")
    FTPHandler.authorizer = authorizer
    FTPHandler.banner = options.greeting
    FTPHandler.auth_failed_timeout = options.delay
    FTPHandler.max_login_attempts = options.tries
    FTPHandler.passive_ports = range(41000, 41400)
    FTPServer((options.address, options.port), FTPHandler).serve_forever()


if __name__ == "__main__":
    main()
