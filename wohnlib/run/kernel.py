"""The kernel a report runs in: this interpreter, a private runtime folder, a fixed surrounding, no noise.

The surrounding is fixed so that the same notebook gives the same bytes whatever the user's profile, time
zone, locale, hash seed or number of cores; the pipes are closed because ipykernel writes to them at start.
"""

import os
import subprocess
import sys
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from traitlets import Unicode

# One thread per kernel (areas run side by side) and nothing of the user's that could change a result.
SURROUNDING = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "BLIS_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "PYTHONWARNINGS": "ignore",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
    "LANGUAGE": "",
}
_IPC_PATH_AT_MOST = 80  # bytes; a socket's path may have about 100


class ReportKernelManager(AsyncKernelManager):
    """Start a kernel of this very interpreter, whatever `python3` means to the user's Jupyter."""

    runtime = Unicode("", help="private folder for connection files and settings").tag(config=True)
    cwd = Unicode("", help="folder the notebook runs in").tag(config=True)

    @property
    def kernel_spec(self) -> KernelSpec:
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=command, display_name="Python 3", language="python")

    async def _async_start_kernel(self, **kw: Any) -> None:
        self.connection_file = os.path.join(self.runtime, "kernel.json")
        sockets = os.path.join(self.runtime, "k")
        if os.name == "posix" and len(os.fsencode(sockets)) <= _IPC_PATH_AT_MOST:
            self.transport = "ipc"  # no TCP port another user or kernel could take
            self.ip = sockets
        env = {**os.environ, **SURROUNDING}
        env["IPYTHONDIR"] = self.runtime
        env["JUPYTER_RUNTIME_DIR"] = self.runtime
        env.pop("PYTHONSTARTUP", None)
        kw.update(env=env, cwd=self.cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        await super()._async_start_kernel(**kw)

    start_kernel = _async_start_kernel
