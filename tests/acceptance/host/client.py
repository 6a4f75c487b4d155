"""A program for the HECI device by nothing but the kernel's public interface. Prints what AMTHI knows of itself as one
JSON object."""

import errno
import fcntl
import json
import os
import select
import struct
import sys

CONNECT_CLIENT = 0xC0104801
AMTHI = bytes.fromhex("2800f812b7b42d4baca846e0ff65814c")
MODE, STATE, VERSIONS, MACS, HANDLES, HASH = 0x04000008, 0x04000011, 0x0400001A, 0x04000025, 0x0400002C, 0x0400002D


def request(command, data=b""):
    return struct.pack("<BBHII", 1, 1, 0, command, len(data)) + data


def answer(command, message):
    """Status and data of an answer, which must be one to `command`."""
    major, minor, reserved, echo, length, status = struct.unpack_from("<BBHIII", message)
    assert (major, minor, reserved, echo, length + 12) == (1, 1, 0, command | 0x00800000, len(message)), message.hex()
    return status, message[16:]


class Device:
    def __init__(self):
        self.fd = os.open("/dev/mei0", os.O_RDWR | os.O_CLOEXEC)
        found = fcntl.ioctl(self.fd, CONNECT_CLIENT, AMTHI)
        self.longest, self.protocol = struct.unpack_from("<IB", found)

    def ask(self, command, data=b""):
        os.write(self.fd, request(command, data))
        readable, _, _ = select.select([self.fd], [], [], 20)
        assert readable, "no answer"
        return answer(command, os.read(self.fd, self.longest))


def text(field):
    return field.rstrip(b"\0").decode("ascii")


def hashes(ask):
    status, handles = ask(HANDLES)
    rows = []
    if status == 0:
        for handle in struct.unpack_from(f"<{struct.unpack_from('<I', handles)[0]}I", handles, 4):
            _, data = ask(HASH, struct.pack("<I", handle))
            default, active = struct.unpack_from("<II", data)
            size = (16, 20, 32, 48)[data[72]]
            rows.append({"default": default, "active": active, "algorithm": data[72], "hash": data[8:8 + size].hex(),
                         "name": data[75:].decode("ascii")})
    return status, rows


def facts(ask):
    """`ask` sends a command and gives status and data of its answer."""
    _, data = ask(VERSIONS)
    entries = (data[at:at + 44] for at in range(69, len(data), 44))
    versions = {text(entry[2:22]): text(entry[24:44]) for entry in entries}
    _, macs = ask(MACS)
    status, rows = hashes(ask)
    return {"bios": text(data[:65]), "versions": versions, "mode": struct.unpack_from("<I", ask(MODE)[1])[0],
            "state": struct.unpack("<I", ask(STATE)[1])[0], "dedicated": macs[:6].hex(), "host": macs[6:12].hex(),
            "hash_status": status, "hashes": rows}


def main():
    try:
        found = facts(Device().ask)
    except OSError as error:
        print(json.dumps({"error": errno.errorcode[error.errno]}))
        sys.exit(1)
    with open("/sys/class/mei/mei0/fw_ver", encoding="ascii") as file:
        found["fw_ver"] = file.readline().strip()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
