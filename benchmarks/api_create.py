"""Requests raised by the interface, a second, over one connection: `python benchmarks/api_create.py ADDRESS TOKEN [count]`.

Against a portal that runs (`make run` with PORTAL_API_PER_MINUTE=1000000) and a client's token with tickets:write. Each
answer means that ticket, message, audit event, acknowledgement in the outbox and the kept answer are committed. The aim is
160 a second, the limit 100. The yardstick is a plain loop, 0.5 s on a quiet machine.
"""

import json
import statistics
import sys
import time
import uuid
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.line import Line

AIM, LIMIT = 160, 100
WARM_UP = 20


def yardstick() -> float:
    begun = time.process_time()
    total = 0
    for number in range(10_000_000):
        total += number
    return time.process_time() - begun


def post(line: Line, token: str) -> float:
    """Milliseconds until the answer was read."""
    body = json.dumps({"subject": "A request of the benchmark", "body": "One of many, with a few words of its own."})
    headers = {
        "Host": "localhost",
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
        "Idempotency-Key": str(uuid.uuid4()),
    }
    begun = time.perf_counter()
    said = line.ask("POST", "/api/v1/tickets", headers, body)
    if said.status != 201:
        sys.exit(f"{said.status}: {said.body.decode()[:400]}")
    return (time.perf_counter() - begun) * 1000


def main(address: str, token: str, count: int) -> int:
    place = urlsplit(address)
    line = Line(place.hostname or "localhost", place.port or 80)
    for _ in range(WARM_UP):
        post(line, token)
    begun = time.perf_counter()
    times = sorted(post(line, token) for _ in range(count))
    rate = count / (time.perf_counter() - begun)
    verdict = "aim reached" if rate >= AIM else "limit kept" if rate >= LIMIT else "limit BROKEN"
    print(f"raised by the interface   {rate:7.1f} a second: {verdict} (aim {AIM}, limit {LIMIT})")
    print(f"best {times[0]:.1f} ms, median {statistics.median(times):.1f} ms, 95 % {times[int(count * 0.95)]:.1f} ms")
    print(f"yardstick loop            {yardstick():6.2f} s")
    return int(rate < LIMIT)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 300))
