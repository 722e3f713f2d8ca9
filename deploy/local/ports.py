"""Says before anything is started that a port is taken, and which variable moves it."""

from __future__ import annotations

import errno
import socket
from collections.abc import Mapping

from deploy.local.refusal import Refusal
from deploy.local.settings import port_variable

HOST = "127.0.0.1"


def free_port() -> int:
    """A port of the loopback address that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def is_taken(port: int) -> bool:
    with socket.socket() as probe:
        # Connections of an earlier run that linger in TIME_WAIT do not hold a port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return True
            raise Refusal(
                f"无法使用端口 {port}：{error.strerror}",
                f"cannot use port {port}: {error.strerror}",
            ) from error
    return False


def check_ports(ports: Mapping[str, int]) -> None:
    """Refuse two parts on one port, and ports that another process holds; name them all at once."""
    owners: dict[int, str] = {}
    for part, port in ports.items():
        if port in owners:
            one, two = port_variable(owners[port]), port_variable(part)
            raise Refusal(
                f"{one} 与 {two} 都是 {port}，请改其中一个",
                f"{one} and {two} are both {port}, change one of them",
            )
        owners[port] = part
    taken = [(part, port) for part, port in ports.items() if is_taken(port)]
    if taken:
        raise Refusal(
            "；".join(
                f"端口 {port}（{part}）已被占用，请用 {port_variable(part)} 换一个"
                for part, port in taken
            ),
            "; ".join(
                f"port {port} ({part}) is taken, choose another with {port_variable(part)}"
                for part, port in taken
            ),
            passing=True,
        )
