"""Coverage-guided fuzzing: fuzz.py TARGET [--seconds 300] [--work FOLDER]; or --all, --table.

What a target promises is in ``targets.py``. An input that breaks a promise is kept in
WORK/TARGET/findings, once for each place in the code; put it, made small, into ``seeds/TARGET``,
from where tests/sources/test_fuzz_seeds.py gives it to the parser for ever after. Coverage counts
edges of the code of ``trends`` only.
"""

from __future__ import annotations

import argparse
import csv
import re
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import targets  # noqa: E402

RESULTS = HERE / "results.csv"
FIELDS = (
    "target",
    "executions",
    "seconds",
    "edges",
    "edges at the start",
    "peak MiB",
    "findings",
    "kept inputs",
)
LONGEST_INPUT = 8192
RSS_MIB = 2048


def inside(target: str, work: Path, arguments: list[str]) -> None:
    """The process that is fuzzed."""
    import atheris

    with atheris.instrument_imports(include=["trends"]):
        targets.load()
    for seed in targets.seeds(target):  # whatever is loaded lazily is loaded now
        with tempfile.TemporaryDirectory() as folder:
            try:
                targets.check(target, seed, Path(folder), targets.SLOWEST)
            except Exception:
                traceback.print_exc()
    warnings.simplefilter("error")
    findings = work / "findings"
    findings.mkdir(exist_ok=True)
    folder = tempfile.TemporaryDirectory()
    seen: set[str] = set()

    def one(data: bytes) -> None:
        try:
            targets.check(target, data, Path(folder.name), targets.SLOWEST)
        except Exception as error:
            frames = traceback.extract_tb(error.__traceback__)
            at = [
                f"{Path(f.filename).name}:{f.lineno}" for f in frames if "/trends/" in f.filename
            ][-1:]
            place = re.sub(
                r"[^A-Za-z_.:0-9-]", "", f"{type(error).__name__}-{(at or ['check'])[0]}"
            ).replace(":", "-")
            if place not in seen:
                seen.add(place)
                (findings / place).write_bytes(data)
                (findings / f"{place}.txt").write_text(
                    "".join(traceback.format_exception(error))[-4000:], encoding="utf-8"
                )

    atheris.Setup([sys.argv[0], *arguments], one)
    atheris.Fuzz()


def outside(target: str, work: Path, seconds: int) -> dict[str, object]:
    """Run the process until its time is over, again if an input ended it."""
    work = work / target
    for name in ("corpus", "findings"):
        (work / name).mkdir(parents=True, exist_ok=True)
    for i, seed in enumerate(targets.seeds(target)):
        (work / "corpus" / f"seed-{i}").write_bytes(seed)
    words = [
        '"' + "".join(rf"\x{b:02x}" for b in token.encode("utf-8", "surrogatepass")) + '"'
        for token in targets.tokens(target)
    ]
    (work / "tokens.dict").write_text("\n".join(words) + "\n", encoding="utf-8")
    log = (work / "log.txt").open("w", encoding="utf-8")
    done = executions = edges = first = peak = 0
    begin = time.monotonic()
    while seconds - done > 5 and time.monotonic() - begin < 2 * seconds + 60:
        flags = [
            f"-max_total_time={seconds - done}",
            f"-max_len={LONGEST_INPUT}",
            f"-rss_limit_mb={RSS_MIB}",
            "-timeout=60",
            # By the clock, which a busy machine slows; targets.py goes by CPU seconds.
            "-report_slow_units=3600",
            "-print_final_stats=1",
        ]
        flags += [
            f"-dict={work / 'tokens.dict'}",
            f"-artifact_prefix={work / 'findings'}/",
            str(work / "corpus"),
        ]
        run = subprocess.run(
            [sys.executable, __file__, target, "--inside", str(work), *flags],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        log.write(run.stdout + run.stderr)
        log.flush()
        coverage = [int(n) for n in re.findall(r"cov: (\d+)", run.stderr)]
        units = [
            int(n) for n in re.findall(r"stat::number_of_executed_units:\s*(\d+)", run.stderr)
        ] or [int(n) for n in re.findall(r"^#(\d+)", run.stderr, re.MULTILINE)[-1:]]
        took = [int(n) for n in re.findall(r"Done \d+ runs in (\d+) second", run.stderr)]
        if not coverage:
            raise SystemExit(
                f"{target}: the fuzzer did not start; see {work / 'log.txt'}\n{run.stderr[-2000:]}"
            )
        executions += sum(units)
        edges, first = max(edges, *coverage), first or coverage[0]
        peak = max([peak, *(int(n) for n in re.findall(r"stat::peak_rss_mb:\s*(\d+)", run.stderr))])
        done = seconds if took else int(time.monotonic() - begin)
    log.close()
    found = [
        p
        for p in (work / "findings").iterdir()
        if p.suffix != ".txt" or p.name.startswith(("crash-", "timeout-", "oom-"))
    ]
    values = (
        target,
        executions,
        seconds,
        edges,
        first,
        peak,
        len(found),
        len(list((work / "corpus").iterdir())),
    )
    return dict(zip(FIELDS, values, strict=True))


def keep(row: dict[str, object]) -> None:
    """Put a row into the table of results, in the order of the targets."""
    rows = (
        {r["target"]: r for r in csv.DictReader(RESULTS.open(encoding="utf-8"))}
        if RESULTS.is_file()
        else {}
    )
    rows[str(row["target"])] = {k: str(v) for k, v in row.items()}
    with RESULTS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows[t] for t in targets.TARGETS if t in rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", nargs="*", choices=[*targets.TARGETS, []])
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument(
        "--work",
        type=Path,
        help="where inputs and findings are kept; by default a temporary folder",
    )
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        for target in targets.TARGETS if given.all else given.target:
            row = outside(target, given.work or Path(temporary), given.seconds)
            keep(row)
            print(", ".join(f"{k} {v}" for k, v in row.items()), flush=True)
            if row["findings"] and given.work is None:
                raise SystemExit(
                    f"{target} broke a promise; run it again with --work FOLDER to keep the inputs."
                )


if __name__ == "__main__":
    if "--inside" in sys.argv:
        at = sys.argv.index("--inside")
        inside(sys.argv[1], Path(sys.argv[at + 1]), sys.argv[at + 2 :])
    else:
        main()
