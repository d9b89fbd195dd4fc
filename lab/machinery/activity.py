"""Runs a plan's honest activities and attacks side by side for the length of the recording.

Every command runs under `timeout`, the number of commands at a time is bounded, and an
attacker's host never behaves honestly while its own attack (and a grace time after it) lasts:
otherwise an honest flow would fall into a rule's window.
"""
import asyncio
import collections
import time
from dataclasses import dataclass

from . import network
from .plan import WORK

GRACE_S = 2.0  # packets of an ended attack are still under way, delayed by the wire
AT_A_TIME = 70
RUNS_PER_ACTIVITY = 20_000


@dataclass
class Episode:
    row: dict
    start: float
    end: float
    exit_code: int


class Activity:
    def __init__(self, plan, seconds):
        self.plan = plan
        self.seconds = seconds
        self.slots = asyncio.Semaphore(AT_A_TIME)
        self.quiet = collections.defaultdict(asyncio.Lock)  # one per attacking host
        self.exit_codes = collections.defaultdict(collections.Counter)
        self.episodes = []
        self.attackers = {row["from"] for row in plan.rows("attack")}

    async def run(self):
        self.begin = time.monotonic()
        scale = self.seconds / (60 * self.plan.data["minutes"])
        attacks = [asyncio.create_task(self._attack(number, row, row["at"] * scale))
                   for number, row in enumerate(self.plan.rows("attack"))]
        honest = [asyncio.create_task(self._repeat(row)) for row in self.plan.rows("activity")]
        await asyncio.gather(*honest, *attacks)

    def _remaining(self):
        return self.begin + self.seconds - time.monotonic()

    async def _execute(self, host, command, timeout, log):
        words = network.inside(host, "timeout", "-k", "2", str(timeout), "bash", "-c", command)
        with open(log, "ab") as output:
            process = await asyncio.create_subprocess_exec(*words, stdin=asyncio.subprocess.DEVNULL, stdout=output,
                                                           stderr=output, cwd=WORK / "state")
            return await process.wait()

    async def _repeat(self, row):
        """Starts an activity again and again, at random times, until the recording's end."""
        running = set()
        for _ in range(RUNS_PER_ACTIVITY):
            pause = self.plan.random.expovariate(row["per_minute"] / 60)
            if self._remaining() < pause + row.get("needs_s", 8):
                break
            await asyncio.sleep(pause)
            task = asyncio.create_task(self._be_honest(row))
            running.add(task)
            task.add_done_callback(running.discard)
        await asyncio.gather(*running)

    async def _be_honest(self, row):
        name = self.plan.random.choice(row["from"])
        source = self.plan.random.choice(self.plan.hosts[name]["addresses"])
        command = self.plan.fill(row["command"], src=source)
        async with self.slots:
            if name not in self.attackers:
                await self._honest_command(name, row, command)
            elif not self.quiet[name].locked():
                async with self.quiet[name]:
                    await self._honest_command(name, row, command)

    async def _honest_command(self, host, row, command):
        code = await self._execute(host, command, row.get("timeout", 20), WORK / "logs" / f"honest-{row['name']}.txt")
        self.exit_codes[row["name"]][code] += 1

    async def _attack(self, number, row, at):
        await asyncio.sleep(at)
        log = WORK / "logs" / f"attack{number:02}-{row['tool']}.txt"
        async with self.quiet[row["from"]]:
            start = time.time()
            command = self.plan.fill(row["command"], src=self.plan.address(row["from"]),
                                     victim=self.plan.address(row["to"][0]), port=row.get("ports", [0])[0])
            code = await self._execute(row["from"], command, row.get("timeout", 40), log)
            end = time.time() + GRACE_S
            self.episodes.append(Episode(row, start, end, code))
            await asyncio.sleep(GRACE_S + 0.1)
