"""Execute notebooks from a clean kernel, each in a folder of its own.

``make notebooks`` runs this, and so do the tests.

All of them with ``python notebooks/_execute.py FOLDER``; names after the folder pick some.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from nbclient import NotebookClient

HERE = Path(__file__).parent
#: The notebooks in the order in which they are best read.
ORDER = ("quickstart", "own_csv", "comparing_backends", "reading_a_claim", "figure_for_a_venue")
#: Warnings are errors, except one of the kernel about itself, which it gives while it shuts down.
STRICT = (
    "-W",
    "error",
    "-W",
    "ignore:For consistency across implementations:PendingDeprecationWarning",
)


class ThisPython(KernelSpecManager):
    """The Python that runs this file as the only kernel, whatever kernels the machine has."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Launch ipykernel in this interpreter."""
        argv = [
            sys.executable,
            *STRICT,
            "-m",
            "ipykernel_launcher",
            "-f",
            "{connection_file}",
            "--InteractiveShell.colors=nocolor",
        ]
        return KernelSpec(argv=argv, display_name=kernel_name, language="python")


def execute(path: Path, folder: Path, *, seconds: int = 300) -> Any:
    """Run every cell of a notebook and return it with its outputs.

    Parameters
    ----------
    path : Path
        A notebook in jupytext's percent format.
    folder : Path
        Working directory; what the notebook writes stays there.
    seconds : int
        Most that one cell may take.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        If a cell fails, or warns.
    """
    notebook = jupytext.read(path)
    notebook.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    client = NotebookClient(
        notebook,
        timeout=seconds,
        kernel_name="python3",
        coalesce_streams=True,
        resources={"metadata": {"path": str(folder)}},
    )
    manager = client.create_kernel_manager()
    manager.kernel_spec_manager = ThisPython()
    # History and profile of the person who runs this stay out of it, and what is drawn does not
    # depend on the number of cores.
    with tempfile.TemporaryDirectory() as private:
        manager.transport, manager.connection_file = "ipc", str(Path(private) / "kernel.json")
        environment = {**os.environ, "IPYTHONDIR": private, "OMP_NUM_THREADS": "1"}
        return client.execute(env=environment)


def main(arguments: list[str]) -> None:
    """Write ``<folder>/<name>.ipynb`` for every notebook named, or for all."""
    target, names = Path(arguments[0]), arguments[1:] or list(ORDER)
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            done = execute(HERE / f"{name}.py", Path(folder))
        target.mkdir(parents=True, exist_ok=True)
        nbformat.write(done, target / f"{name}.ipynb")
        print(f"{target / name}.ipynb")


if __name__ == "__main__":
    main(sys.argv[1:])
